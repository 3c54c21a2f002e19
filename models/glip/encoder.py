"""What is computed of pictures and captions before they meet, and kept beside the model."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.features import FeatureCache
from models.glip.batches import stack_alike
from models.glip.network import GLIP
from models.glip.preprocess import choose_padded_shape, normalise, stack_padded

PICTURE_BYTES: Final = 256 * 2**20  # one of 800 × 1333 pixels takes 23 MB
TEXT_BYTES: Final = 16 * 2**20
TOKENS_A_STEP: Final = 16  # captions are padded to a multiple of it, by their own length alone

Features = tuple[Tensor, ...]
Picture = tuple[str, tuple[int, int]]  # digest of the source's pixels, and the resized (h, w)
Ids = tuple[int, ...]
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class FeatureEncoder:
    """Encodes what it does not remember, at most `rows_a_batch` at a time; one thread."""

    def __init__(
        self,
        model: GLIP,
        *,
        rows_a_batch: int,
        picture_bytes: int = PICTURE_BYTES,
        text_bytes: int = TEXT_BYTES,
    ) -> None:
        self._model = model
        self._rows = rows_a_batch
        self._pictures = FeatureCache[Picture](picture_bytes)
        self._texts = FeatureCache[Ids](text_bytes)

    def encode_pictures(
        self, pictures: Mapping[Picture, NDArray[np.uint8]]
    ) -> dict[Picture, Features]:
        """Levels (C, H, W) of each resized picture, (h, w, 3) RGB, padded for itself alone."""
        divisor = self._model.config.size_divisor

        def padded(picture: Picture) -> Hashable:
            return choose_padded_shape(picture[1], divisor)

        def encode(mates: Sequence[Picture]) -> Sequence[Tensor]:
            pixels = [torch.tensor(pictures[mate], device=self._model.device) for mate in mates]
            return self._model.encode_image(stack_padded(list(map(normalise, pixels)), divisor))

        return self._recall(self._pictures, pictures, kind=padded, encode=encode)

    def encode_texts(self, captions: Iterable[Ids]) -> dict[Ids, Features]:
        """Hidden states (T, D) of each caption's tokens, and which of them are real, (T,) bool."""

        def encode(mates: Sequence[Ids]) -> Sequence[Tensor]:
            length = _pad_length(mates[0])
            padded = [[*ids, *[0] * (length - len(ids))] for ids in mates]
            lengths = torch.tensor([[len(ids)] for ids in mates], device=self._model.device)
            input_ids = torch.tensor(padded, device=self._model.device)
            mask = torch.arange(length, device=self._model.device) < lengths
            return self._model.encode_text(input_ids, mask), mask

        return self._recall(self._texts, captions, kind=_pad_length, encode=encode)

    def _recall(
        self,
        cache: FeatureCache[K],
        keys: Iterable[K],
        *,
        kind: Callable[[K], Hashable],
        encode: Callable[[Sequence[K]], Sequence[Tensor]],
    ) -> dict[K, Features]:
        """Take from the cache what is there, encode the rest and put it there."""
        asked = list(keys)
        kept = {key: cache.get(key) for key in asked}
        features = {key: entry for key, entry in kept.items() if entry is not None}
        fresh = [key for key, entry in kept.items() if entry is None]
        for mates in stack_alike(fresh, kind, self._rows):
            encoded = encode(mates)
            for row, key in enumerate(mates):
                # A copy: a view would keep the whole batch in memory.
                features[key] = tuple(tensor[row].clone() for tensor in encoded)
                cache.put(key, features[key])
        return features


def _pad_length(ids: Ids) -> int:
    return len(ids) + -len(ids) % TOKENS_A_STEP
