"""Stand-ins that are handed in: a clock that is turned, a detector that needs no weights."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image

from detection.detector import ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections


class FakeClock:
    """Stands still until `advance` is called."""

    def __init__(self) -> None:
        self._seconds = 1_000.0
        self._start = datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self._seconds

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._seconds)

    def advance(self, seconds: float) -> None:
        """Turn the clock forward."""
        self._seconds += seconds


@dataclass(frozen=True)
class FakePrepared:
    """What FakeDetector prepares."""

    image: SourceImage
    prompt: Prompt

    @property
    def image_digest(self) -> str:
        return self.image.digest


@dataclass
class FakeDetector:
    """One box a phrase; place and score follow from the picture's digest and the phrase.

    `calls` holds the number of jobs of every batch. `before_batch` runs on the model's thread
    first: wait on an event there, or raise.
    """

    model_id: str = "fake"
    revision: str = "1"
    vocabulary: frozenset[str] = frozenset()
    card: ModelCard = field(default_factory=ModelCard)
    calls: list[int] = field(default_factory=list)
    before_batch: Callable[[Sequence[FakePrepared]], None] | None = None

    def prepare(self, image: SourceImage, prompt: Prompt) -> FakePrepared:
        return FakePrepared(image, prompt)

    def detect_batch(self, jobs: Sequence[FakePrepared]) -> list[Detections]:
        self.calls.append(len(jobs))
        if self.before_batch is not None:
            self.before_batch(jobs)
        return [boxes_of(job.image, job.prompt) for job in jobs]


def boxes_of(image: SourceImage, prompt: Prompt) -> Detections:
    """Return one box a phrase; score (0.30 to 0.98) and place follow from the inputs."""
    count = len(prompt.phrases)
    seeds = [
        int(image.digest[:8], 16) + sum(map(ord, phrase.text)) * 7919 for phrase in prompt.phrases
    ]
    scores = np.array([0.30 + seed % 69 / 100 for seed in seeds], np.float32)
    corner = np.array([[seed % 5, seed % 3] for seed in seeds], np.float32).reshape(count, 2) / 10
    xyxy = np.hstack([corner, corner + 0.5]) * np.array(2 * image.size_wh, np.float32)
    order = np.argsort(-scores, kind="stable")
    phrase_scores = np.zeros((count, count), np.float32)
    phrase_scores[np.arange(count), order] = scores[order]
    return Detections(
        xyxy=xyxy[order].astype(np.float32),
        scores=scores[order],
        phrase_index=order.astype(np.int64),
        phrase_scores=phrase_scores,
    )


def image_bytes(
    width: int = 64,
    height: int = 48,
    *,
    colour: tuple[int, int, int] = (200, 30, 30),
    kind: str = "PNG",
) -> bytes:
    """Return an encoded picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind)
    return buffer.getvalue()
