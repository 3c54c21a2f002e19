from typing import Any

import numpy as np
import pytest
import torch

from models.glip.encoder import FeatureEncoder, Picture
from models.glip.network import GLIP
from tests.models.glip.tiny import build_tiny


class Counter:
    """Counts the rows a part of the network was asked for, call by call."""

    def __init__(self, part: torch.nn.Module) -> None:
        self.calls: list[int] = []
        part.register_forward_hook(self._count)

    def _count(self, _part: torch.nn.Module, inputs: tuple[Any, ...], _output: Any) -> None:
        self.calls.append(len(inputs[0]))


def picture_of(height: int, width: int, seed: int = 0) -> tuple[Picture, Any]:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return (f"{seed}", (height, width)), pixels


@pytest.fixture(scope="module")
def model() -> GLIP:
    return build_tiny()


def test_only_pictures_that_pad_alike_are_stacked(model: GLIP) -> None:
    seen = Counter(model.backbone)
    shapes = [(40, 60), (64, 33), (30, 30)]  # the first two become 64 × 64
    pictures = dict(picture_of(*shape, seed) for seed, shape in enumerate(shapes))
    FeatureEncoder(model, rows_a_batch=4).encode_pictures(pictures)
    assert seen.calls == [2, 1]


def test_what_is_remembered_is_not_computed_again(model: GLIP) -> None:
    seen, heard = Counter(model.backbone), Counter(model.language_backbone)
    encoder = FeatureEncoder(model, rows_a_batch=1)
    pictures = dict([picture_of(40, 60)])
    first = encoder.encode_pictures(pictures), encoder.encode_texts([(2, 14, 3)])
    again = encoder.encode_pictures(pictures), encoder.encode_texts([(2, 14, 3)])
    assert (seen.calls, heard.calls) == ([1], [1])
    for one, other in zip(first, again, strict=True):
        for tensor, twin in zip(*(next(iter(part.values())) for part in (one, other)), strict=True):  # type: ignore[attr-defined]  # a tuple of two dictionaries
            assert torch.equal(tensor, twin)


def test_without_room_everything_is_computed_again(model: GLIP) -> None:
    seen = Counter(model.backbone)
    encoder = FeatureEncoder(model, rows_a_batch=1, picture_bytes=0)
    pictures = dict([picture_of(40, 60)])
    encoder.encode_pictures(pictures)
    encoder.encode_pictures(pictures)
    assert seen.calls == [1, 1]


def test_captions_are_padded_by_their_own_length(model: GLIP) -> None:
    short, long = (2, 14, 3), (2, *[15] * 20, 3)
    texts = FeatureEncoder(model, rows_a_batch=4).encode_texts([short, long])
    assert [len(texts[ids][0]) for ids in (short, long)] == [16, 32]
    assert [int(texts[ids][1].sum()) for ids in (short, long)] == [3, 22]
