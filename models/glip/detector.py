"""GLIPDetector: the published network behind the socket every model is plugged into."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from detection.detector import ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from models.glip.batches import stack_alike
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
from models.readout import ReadoutLimits, read_out

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
            [_Pass(chunk, pictures[job.picture], texts[chunk.ids]) for chunk in parts]
            for job, parts in zip(jobs, chunks, strict=True)
        ]
        outputs = iter(self._ground([one for of_job in passes for one in of_job]))
        return [
            self._read_out(job, [(one, next(outputs)) for one in of_job])
            for job, of_job in zip(jobs, passes, strict=True)
        ]

    def _split(self, job: GLIPJob) -> list[Chunk]:
        spans = job.prompt.caption_spans
        tokens = self._tokenizer.encode(write_dots(job.prompt.caption, spans))
        return split_caption(tokens, spans, self._model.config.max_tokens)

    def _ground(self, passes: Sequence[_Pass]) -> list[list[LevelOutput]]:
        """One output a level for every pass, as batches of one."""
        outputs: dict[int, list[LevelOutput]] = {}
        for mates in stack_alike(range(len(passes)), lambda at: passes[at].kind, self._rows):
            stacked = zip(*(passes[at].levels for at in mates), strict=True)
            # Deformable sampling reads whole cells: channels last spares a copy of every map.
            levels = [torch.stack(level).to(memory_format=torch.channels_last) for level in stacked]
            text, mask = (torch.stack([passes[at].text[part] for at in mates]) for part in (0, 1))
            batched = self._model.ground(levels, text, mask)
            for row, at in enumerate(mates):
                outputs[at] = [output.of_row(row) for output in batched]
        return [outputs[at] for at in range(len(passes))]

    def _read_out(
        self, job: GLIPJob, answers: Sequence[tuple[_Pass, list[LevelOutput]]]
    ) -> Detections:
        """Join the passes over one caption: within a phrase, suppression spans them all."""
        count = len(job.prompt.phrases)
        if not answers:
            return Detections.empty(count)
        boxes, scores = [], []
        for one, outputs in answers:
            positive_map = one.chunk.build_positive_map(count, len(one.text[0]))
            scores.append(score_phrases(outputs, positive_map.to(self._model.device)))
            boxes.append(
                read_boxes(outputs, self._model.config, shape_hw=job.shape_hw, size_wh=job.size_wh)
            )
        return read_out(torch.cat(boxes), torch.cat(scores), job.size_wh, self._limits)
