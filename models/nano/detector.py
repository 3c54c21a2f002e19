"""NanoDetector: glip-nano behind the socket every model is plugged into."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detection.detector import ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from models.features import FeatureCache
from models.nano.letterbox import letterbox
from models.nano.network import NanoNet, Predictions, list_centres
from models.nano.tokenizer import PhraseTokenizer, pad_tokens
from models.nano.weights import Calibration
from models.readout import ReadoutLimits, merge_chunks, read_out

MODEL_ID = "glip-nano"
SIDE = 256  # input pixels, long side of the letterboxed picture; a multiple of 32
AVERAGE_IOU = 0.65
PHRASES_A_PASS = 10  # well within what training shows; longer prompts take several passes
PYRAMID_BYTES = 64 * 2**20
PHRASE_BYTES = 4 * 2**20


@dataclass(frozen=True)
class NanoJob:
    """One question made ready: the letterboxed picture and the phrases as the caption has them."""

    image_digest: str
    prompt: Prompt
    size_wh: tuple[int, int]
    square: NDArray[np.uint8]  # (side, side, 3) RGB
    scale: float  # input pixels a source pixel
    phrases: tuple[str, ...]


class _Chunk(NamedTuple):
    """Phrases of one job that go through the network together."""

    job: NanoJob
    phrases: tuple[str, ...]


class NanoDetector:
    """Fulfils `detection.Detector`. Keeps features of pictures and phrases, no request's facts."""

    model_id = MODEL_ID

    def __init__(
        self,
        network: NanoNet,
        tokenizer: PhraseTokenizer,
        *,
        calibration: Calibration,
        revision: str,
        vocabulary: frozenset[str],
        card: ModelCard,
        side: int = SIDE,
        pyramid_bytes: int = PYRAMID_BYTES,
    ) -> None:
        self.revision, self.vocabulary, self.card = revision, vocabulary, card
        self._network = network.eval()
        self._tokenizer = tokenizer
        self._calibration = calibration
        self._limits = ReadoutLimits(score_floor=card.score_floor, average_iou=AVERAGE_IOU)
        self._pyramids = FeatureCache[tuple[str, int]](pyramid_bytes)
        self._texts = FeatureCache[str](PHRASE_BYTES)
        self._side, self._centres = side, list_centres(side).to(network.bias.device)

    def prepare(self, image: SourceImage, prompt: Prompt) -> NanoJob:
        """Letterbox the picture and cut the caption into its phrases."""
        square, scale = letterbox(image.pixels, self._side)
        phrases = tuple(prompt.caption[start:end] for start, end in prompt.caption_spans)
        return NanoJob(image.digest, prompt, image.size_wh, square, scale, phrases)

    @torch.inference_mode()
    def detect_batch(self, jobs: Sequence[NanoJob]) -> list[Detections]:
        """Answer each job as if alone: one pass over the new pictures, one over all chunks."""
        if not jobs:
            return []
        chunks = [chunk for job in jobs for chunk in _split(job)]
        answers = iter(self._align(chunks))
        return [self._read_out(job, [next(answers) for _ in _split(job)]) for job in jobs]

    def _align(self, chunks: Sequence[_Chunk]) -> list[tuple[Tensor, Tensor]]:
        """Boxes (R, 4) in input pixels and scores (R, P of the chunk) of every chunk."""
        pyramids = self._encode_images([chunk.job for chunk in chunks])
        texts = self._encode_phrases({text for chunk in chunks for text in chunk.phrases})
        most = max(len(chunk.phrases) for chunk in chunks)
        phrases = torch.stack([_stack_phrases(chunk, texts, most) for chunk in chunks])
        counts = torch.tensor([len(chunk.phrases) for chunk in chunks], device=phrases.device)
        is_absent = torch.arange(most, device=phrases.device)[None] >= counts[:, None]
        levels = [torch.stack(level) for level in zip(*pyramids, strict=True)]
        levels = [level.contiguous(memory_format=torch.channels_last) for level in levels]
        predictions = self._network(levels, phrases, is_absent)
        boxes, scores = self._place_boxes(predictions), self._score(predictions)
        return [(boxes[row], scores[row, :, :count]) for row, count in enumerate(counts.tolist())]

    def _encode_images(self, jobs: Sequence[NanoJob]) -> list[tuple[Tensor, ...]]:
        """The pyramid of each job's picture, (D, H, W) a level; only new pictures are encoded."""
        known = {
            job.image_digest: self._pyramids.get((job.image_digest, self._side)) for job in jobs
        }
        fresh = {job.image_digest: job for job in jobs if known[job.image_digest] is None}
        if fresh:
            squares = torch.from_numpy(np.stack([job.square for job in fresh.values()]))
            pixels = squares.to(self._centres.device).permute(0, 3, 1, 2).float() / 127.5 - 1
            pyramid = self._network.image_encoder(pixels)
            for row, digest in enumerate(fresh):
                known[digest] = tuple(level[row].clone() for level in pyramid)
                self._pyramids.put((digest, self._side), known[digest] or ())
        return [known[job.image_digest] or () for job in jobs]

    def _encode_phrases(self, texts: Iterable[str]) -> dict[str, Tensor]:
        """Embedding (D,) of each text; only new texts are encoded."""
        known = {text: self._texts.get(text) for text in texts}
        fresh = [text for text, entry in known.items() if entry is None]
        if fresh:
            tokens = torch.from_numpy(pad_tokens([self._tokenizer.encode(text) for text in fresh]))
            embedded = self._network.text_encoder(tokens.to(self._centres.device))
            for text, row in zip(fresh, embedded, strict=True):
                known[text] = (row.clone(),)
                self._texts.put(text, (row.clone(),))
        return {text: entry[0] for text, entry in known.items() if entry is not None}

    def _place_boxes(self, predictions: Predictions) -> Tensor:
        low, high = predictions.ltrb[..., :2], predictions.ltrb[..., 2:]
        return torch.cat([self._centres - low, self._centres + high], -1)

    def _score(self, predictions: Predictions) -> Tensor:
        raw = predictions.logits.sigmoid() * predictions.quality.sigmoid()[..., None]
        return self._calibration.apply(raw.sqrt())

    def _read_out(self, job: NanoJob, answers: Sequence[tuple[Tensor, Tensor]]) -> Detections:
        boxes, scores = merge_chunks(answers)
        return read_out(boxes / job.scale, scores, job.size_wh, self._limits)


def _split(job: NanoJob) -> list[_Chunk]:
    starts = range(0, len(job.phrases), PHRASES_A_PASS)
    return [_Chunk(job, job.phrases[start : start + PHRASES_A_PASS]) for start in starts]


def _stack_phrases(chunk: _Chunk, texts: dict[str, Tensor], most: int) -> Tensor:
    """Embeddings (most, D) of a chunk's phrases, zeros in the slots it does not use."""
    rows = torch.stack([texts[text] for text in chunk.phrases])
    return torch.nn.functional.pad(rows, (0, 0, 0, most - len(rows)))
