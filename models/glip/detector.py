"""GLIPDetector: the published network behind the socket every model is plugged into."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

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
from models.glip.encoder import (
    PICTURE_BYTES,
    TEXT_BYTES,
    FeatureEncoder,
    Features,
    Picture,
)
from models.glip.head import LevelOutput
from models.glip.network import GLIP
from models.glip.preprocess import choose_shape, resize
from models.glip.regions import read_boxes, score_phrases
from models.glip.text import CaptionTokenizer, write_dots
from models.readout import ReadoutLimits, read_out_passes

NMS_IOU: Final = 0.6  # the published setting


@dataclass(frozen=True)
class GLIPJob:
    """One question made ready: the resized picture; its caption waits for the model's thread."""

    image_digest: str
    prompt: Prompt
    size_wh: tuple[int, int]  # of the source
    resized: NDArray[np.uint8]  # (h, w, 3) RGB

    @property
    def shape_hw(self) -> tuple[int, int]:
        return self.resized.shape[0], self.resized.shape[1]

    @property
    def picture(self) -> Picture:
        """What the picture's features depend on."""
        return self.image_digest, self.shape_hw


@dataclass(frozen=True)
class _Pass:
    """A picture and one chunk of its caption, encoded: a row of a batch."""

    job: GLIPJob
    chunk: Chunk
    levels: Features  # (C, H, W) each
    text: Features  # (T, D) and bool (T,)

    @property
    def kind(self) -> Hashable:
        return self.levels[0].shape, self.text[0].shape


class GLIPDetector:
    """Fulfils `detection.Detector`. Keeps features of pictures and captions, no request's facts.

    `rows_a_batch` is how many pictures, captions or passes are stacked at most. Whatever it is,
    nothing of a mate enters a row; with 1 not even rounding depends on who else is asking.
    """

    def __init__(
        self,
        model: GLIP,
        tokenizer: CaptionTokenizer,
        *,
        model_id: str,
        revision: str,
        card: ModelCard,
        rows_a_batch: int = 1,
        picture_bytes: int = PICTURE_BYTES,
        text_bytes: int = TEXT_BYTES,
    ) -> None:
        self.model_id, self.revision, self.card = model_id, revision, card
        self.vocabulary: frozenset[str] = frozenset()
        self._model = model
        self._tokenizer = tokenizer
        self._rows = rows_a_batch
        self._limits = ReadoutLimits(score_floor=card.score_floor, nms_iou=NMS_IOU)
        self._encoder = FeatureEncoder(
            model, rows_a_batch=rows_a_batch, picture_bytes=picture_bytes, text_bytes=text_bytes
        )

    def prepare(self, image: SourceImage, prompt: Prompt) -> GLIPJob:
        """Resize the picture to what the network was trained on."""
        config = self._model.config
        shape_hw = choose_shape(image.size_wh, min_side=config.min_side, max_side=config.max_side)
        return GLIPJob(image.digest, prompt, image.size_wh, resize(image.pixels, shape_hw))

    @torch.inference_mode()
    def detect_batch(self, jobs: Sequence[GLIPJob]) -> list[Detections]:
        """Answer every job as if it were alone."""
        chunks = [self._split(job) for job in jobs]
        pictures = self._encoder.encode_pictures({job.picture: job.resized for job in jobs})
        texts = self._encoder.encode_texts({chunk.ids for parts in chunks for chunk in parts})
        passes = [
            [_Pass(job, chunk, pictures[job.picture], texts[chunk.ids]) for chunk in parts]
            for job, parts in zip(jobs, chunks, strict=True)
        ]
        answers = answer_alike(passes, lambda one: one.kind, self._rows, self._ground)
        return [
            read_out_passes(found, len(job.prompt.phrases), job.size_wh, self._limits)
            for job, found in zip(jobs, answers, strict=True)
        ]

    def _split(self, job: GLIPJob) -> list[Chunk]:
        spans = job.prompt.caption_spans
        tokens = self._tokenizer.encode(write_dots(job.prompt.caption, spans))
        return split_caption(tokens, spans, self._model.config.max_tokens)

    def _ground(self, mates: Sequence[_Pass]) -> list[tuple[Tensor, Tensor]]:
        """Boxes (R, 4) in pixels of the source and scores (R, P) of every row of a batch."""
        stacked = zip(*(mate.levels for mate in mates), strict=True)
        # Deformable sampling reads whole cells: channels last spares a copy of every map.
        levels = [torch.stack(level).to(memory_format=torch.channels_last) for level in stacked]
        text, mask = (torch.stack([mate.text[part] for mate in mates]) for part in (0, 1))
        outputs = self._model.ground(levels, text, mask)
        return [
            self._answer(mate, [output.of_row(row) for output in outputs])
            for row, mate in enumerate(mates)
        ]

    def _answer(self, one: _Pass, outputs: Sequence[LevelOutput]) -> tuple[Tensor, Tensor]:
        job, config = one.job, self._model.config
        positive_map = one.chunk.build_positive_map(len(job.prompt.phrases), len(one.text[0]))
        boxes = read_boxes(outputs, config, shape_hw=job.shape_hw, size_wh=job.size_wh)
        return boxes, score_phrases(outputs, positive_map.to(self._model.device))
