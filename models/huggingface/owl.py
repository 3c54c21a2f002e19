"""OWLDetector: OWLv2 behind the socket every model is plugged into. Each phrase is a query.

Picture and phrases meet in the last step only: both sides are kept, and a second question about a
picture costs its new phrases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import torch
from tokenizers import Tokenizer
from torch import Tensor

from detection.detector import ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from models.features import FeatureCache
from models.huggingface.files import ColourRules
from models.huggingface.squares import Floats, make_square
from models.readout import ReadoutLimits, read_out

PICTURE_BYTES: Final = 256 * 2**20  # one picture of the base model takes 11 MB
TEXT_BYTES: Final = 4 * 2**20

Piece = tuple[int, ...]  # ids of a phrase, or of a part of one too long for the text encoder


class OWL(Protocol):
    """What is used of the library's network, in evaluation mode."""

    config: Any
    device: torch.device
    owlv2: Any

    def image_embedder(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        """(B, 3, s, s) → features (B, h, w, D), and more."""

    def box_predictor(self, image_feats: Tensor, feature_map: Tensor) -> Tensor:
        """(B, R, D) and (B, h, w, D) → cxcywh (B, R, 4) as parts of the square."""

    def class_predictor(self, image_feats: Tensor, query_embeds: Tensor) -> tuple[Tensor, ...]:
        """(B, R, D) and (B, Q, E) → logits (B, R, Q), and more."""


@dataclass(frozen=True)
class OWLJob:
    """One question made ready."""

    image_digest: str
    prompt: Prompt
    size_wh: tuple[int, int]  # of the source
    square: Floats  # (s, s, 3) RGB in 0…1
    phrases: tuple[tuple[Piece, ...], ...]


class OWLDetector:
    """Fulfils `detection.Detector`. Keeps features of pictures and phrases, no request's facts."""

    def __init__(
        self,
        network: OWL,
        tokenizer: Tokenizer,
        colours: ColourRules,
        *,
        model_id: str,
        revision: str,
        card: ModelCard,
        picture_bytes: int = PICTURE_BYTES,
    ) -> None:
        self.model_id, self.revision, self.card = model_id, revision, card
        self.vocabulary: frozenset[str] = frozenset()
        self._network = network
        self._tokenizer = tokenizer
        self._colours = colours
        self._side = int(network.config.vision_config.image_size)
        self._room = int(network.config.text_config.max_position_embeddings) - 2
        self._limits = ReadoutLimits(score_floor=card.score_floor)
        self._pictures = FeatureCache[str](picture_bytes)
        self._texts = FeatureCache[Piece](TEXT_BYTES)

    def prepare(self, image: SourceImage, prompt: Prompt) -> OWLJob:
        """Make the picture a square, and tokens of the phrases."""
        texts = [prompt.caption[start:end] for start, end in prompt.caption_spans]
        phrases = tuple(tuple(self._split(text)) for text in texts)
        square = make_square(image.pixels, self._side)
        return OWLJob(image.digest, prompt, image.size_wh, square, phrases)

    @torch.inference_mode()
    def detect_batch(self, jobs: Sequence[OWLJob]) -> list[Detections]:
        """Answer every job by itself: what there is to share is in the caches."""
        return [self._detect(job) for job in jobs]

    def _detect(self, job: OWLJob) -> Detections:
        pieces = [piece for phrase in job.phrases for piece in phrase]
        if not pieces:
            return Detections.empty(len(job.phrases))
        features, cxcywh = self._encode_picture(job)
        queries = torch.stack([self._encode_text(piece) for piece in pieces])
        logits = self._network.class_predictor(features[None], queries[None])[0][0]
        scores = _mean_by_phrase(logits.sigmoid(), [len(phrase) for phrase in job.phrases])
        centres, halves = cxcywh[:, :2], cxcywh[:, 2:] / 2
        xyxy = torch.cat([centres - halves, centres + halves], 1) * max(job.size_wh)
        return read_out(xyxy, scores, job.size_wh, self._limits)

    def _encode_picture(self, job: OWLJob) -> tuple[Tensor, Tensor]:
        """Features (R, D) and boxes cxcywh (R, 4) as parts of the square."""
        kept = self._pictures.get(job.image_digest)
        if kept is None:
            pixels = torch.from_numpy(job.square).to(self._network.device)
            mean, std = map(pixels.new_tensor, (self._colours.mean, self._colours.std))
            normalised = (pixels - mean) / std
            grid = self._network.image_embedder(normalised.permute(2, 0, 1)[None])[0]
            features = grid.flatten(1, 2)
            kept = features[0], self._network.box_predictor(features, grid)[0]
            self._pictures.put(job.image_digest, kept)
        return kept[0], kept[1]

    def _encode_text(self, piece: Piece) -> Tensor:
        """Embedding (E,) of a query."""
        kept = self._texts.get(piece)
        if kept is None:
            ids = torch.tensor([piece], device=self._network.device)
            encoded = self._network.owlv2.get_text_features(ids, torch.ones_like(ids))
            kept = (encoded.pooler_output[0],)
            self._texts.put(piece, kept)
        return kept[0]

    def _split(self, text: str) -> Iterable[Piece]:
        """Tokens of a phrase between the marks of begin and end; of a long one, several times."""
        begin, *ids, end = self._tokenizer.encode(text).ids
        for start in range(0, len(ids), self._room):
            yield (begin, *ids[start : start + self._room], end)


def _mean_by_phrase(scores: Tensor, counts: Sequence[int]) -> Tensor:
    """Scores (R, Q) of pieces → (R, P) of phrases, which have `counts` pieces each."""
    parts = [
        part.mean(1) if part.shape[1] else part.new_zeros(len(part))
        for part in scores.split(list(counts), 1)  # type: ignore[no-untyped-call] # torch's own
    ]
    return torch.stack(parts, 1)
