"""GroundingDINODetector: the family's networks behind the socket every model is plugged into.

The library's post-processor is not used: it merges what it cannot tell apart into new labels.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detection.detector import ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from models.glip.batches import answer_alike
from models.glip.chunks import Chunk, split_caption
from models.glip.preprocess import resize
from models.glip.text import CaptionTokenizer, write_dots
from models.huggingface.files import PictureRules
from models.huggingface.preprocess import choose_shape, normalise
from models.readout import ReadoutLimits, pool_tokens, read_out_passes

DOT: Final = 1012  # "." in the vocabulary of bert-base-uncased; the networks compare ids with it


class GroundingDINO(Protocol):
    """What is used of the library's networks, in evaluation mode."""

    config: Any
    device: torch.device

    def __call__(self, *, pixel_values: Tensor, input_ids: Tensor) -> Any:
        """(B, 3, h, w) and (B, T) → `pred_boxes` (B, R, 4) and `logits` (B, R, T or more)."""


@dataclass(frozen=True)
class DINOJob:
    """One question made ready: the resized picture; its caption waits for the model's thread."""

    image_digest: str
    prompt: Prompt
    size_wh: tuple[int, int]  # of the source
    resized: NDArray[np.uint8]  # (h, w, 3) RGB


@dataclass(frozen=True)
class _Pass:
    """A picture and one chunk of its caption: a row of a batch."""

    job: DINOJob
    chunk: Chunk

    @property
    def kind(self) -> Hashable:
        return self.job.resized.shape, len(self.chunk.ids)


class GroundingDINODetector:
    """Fulfils `detection.Detector`; keeps no request's facts.

    Rows of a batch are alike as they are, pictures and captions: nothing is padded, so that
    nothing of a mate enters a row. `rows_a_batch` is how many are stacked at most.
    """

    def __init__(
        self,
        network: GroundingDINO,
        tokenizer: CaptionTokenizer,
        rules: PictureRules,
        *,
        model_id: str,
        revision: str,
        card: ModelCard,
        rows_a_batch: int = 1,
    ) -> None:
        self.model_id, self.revision, self.card = model_id, revision, card
        self.vocabulary: frozenset[str] = frozenset()
        self._network = network
        self._tokenizer = tokenizer
        self._rules = rules
        self._rows = rows_a_batch
        self._limits = ReadoutLimits(score_floor=card.score_floor)

    def prepare(self, image: SourceImage, prompt: Prompt) -> DINOJob:
        """Resize the picture to what the network was trained on."""
        resized = resize(image.pixels, choose_shape(image.size_wh, self._rules))
        return DINOJob(image.digest, prompt, image.size_wh, resized)

    @torch.inference_mode()
    def detect_batch(self, jobs: Sequence[DINOJob]) -> list[Detections]:
        """Answer every job as if it were alone."""
        passes = [[_Pass(job, chunk) for chunk in self._split(job.prompt)] for job in jobs]
        answers = answer_alike(passes, lambda one: one.kind, self._rows, self._ground)
        return [
            read_out_passes(found, len(job.prompt.phrases), job.size_wh, self._limits)
            for job, found in zip(jobs, answers, strict=True)
        ]

    def _split(self, prompt: Prompt) -> list[Chunk]:
        tokens = self._tokenizer.encode(write_dots(prompt.caption, prompt.caption_spans))
        room = self._network.config.max_text_len - 1  # for the last dot
        return [close(chunk) for chunk in split_caption(tokens, prompt.caption_spans, room)]

    def _ground(self, mates: Sequence[_Pass]) -> list[tuple[Tensor, Tensor]]:
        """Boxes (R, 4) in pixels of the source and scores (R, P) of every row of a batch."""
        pixels = [normalise(torch.tensor(mate.job.resized), self._rules) for mate in mates]
        ids = torch.tensor([mate.chunk.ids for mate in mates])
        device = self._network.device
        output = self._network(
            pixel_values=torch.stack(pixels).to(device), input_ids=ids.to(device)
        )
        rows = zip(mates, output.pred_boxes, output.logits, strict=True)
        return [_answer(mate, cxcywh, logits) for mate, cxcywh, logits in rows]


def close(chunk: Chunk) -> Chunk:
    """Put a dot before the final [SEP]: words after the last dot would not see each other."""
    if chunk.ids[-2] == DOT:
        return chunk
    return replace(chunk, ids=(*chunk.ids[:-1], DOT, chunk.ids[-1]))


def _answer(one: _Pass, cxcywh: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
    """Boxes (R, 4) as parts of the picture and logits (R, T or more) → boxes, phrase scores."""
    centres, halves = cxcywh[:, :2], cxcywh[:, 2:] / 2
    xyxy = torch.cat([centres - halves, centres + halves], 1)
    length = len(one.chunk.ids)
    positive_map = one.chunk.build_positive_map(len(one.job.prompt.phrases), length)
    scores = pool_tokens(logits[:, :length].sigmoid(), positive_map.to(logits.device))
    return xyxy * xyxy.new_tensor(one.job.size_wh * 2), scores
