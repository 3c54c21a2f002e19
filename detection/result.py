"""What a detector found: frozen values, checked once at birth and trusted ever after."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detection.prompt import Prompt


@dataclass(frozen=True, eq=False)
class Detections:
    """The boxes found in one picture, best score first; N may be 0, P is the number of phrases.

    The arrays are copied and read-only. Raises ValueError where a shape, type or value is off.
    """

    xyxy: NDArray[np.float32]  # (N, 4) pixels of the upright source image, half-open, not empty
    scores: NDArray[np.float32]  # (N,) in 0…1, descending
    phrase_index: NDArray[np.int64]  # (N,) which phrase of the prompt each box answers
    phrase_scores: NDArray[np.float32]  # (N, P) in 0…1, the evidence behind phrase_index

    def __post_init__(self) -> None:
        if self.phrase_scores.ndim != 2:
            raise ValueError(
                f"phrase_scores: expected shape (N, P), got {self.phrase_scores.shape}"
            )
        count, phrases = len(self.scores), self.phrase_scores.shape[1]
        self._freeze("xyxy", np.float32, (count, 4))
        self._freeze("scores", np.float32, (count,))
        self._freeze("phrase_index", np.int64, (count,))
        self._freeze("phrase_scores", np.float32, (count, phrases))
        _check_boxes(self.xyxy)
        _check_scores("scores", self.scores)
        _check_scores("phrase_scores", self.phrase_scores)
        if np.any(np.diff(self.scores) > 0):
            raise ValueError("scores: expected descending order")
        if np.any((self.phrase_index < 0) | (self.phrase_index >= phrases)):
            raise ValueError(f"phrase_index: expected 0…{phrases - 1}, got {self.phrase_index}")

    @classmethod
    def empty(cls, phrase_count: int) -> Self:
        """Nothing found, for a prompt of `phrase_count` phrases."""
        return cls.ranked(
            xyxy=[], scores=[], phrase_index=[], phrase_scores=[], phrase_count=phrase_count
        )

    @classmethod
    def ranked(
        cls,
        *,
        xyxy: ArrayLike,
        scores: ArrayLike,
        phrase_index: ArrayLike,
        phrase_scores: ArrayLike,
        phrase_count: int,
    ) -> Self:
        """Build from boxes in any order and of any number type; equal scores keep their order.

        A box without an inside (after clipping, say) is not a detection and is left out.
        """
        boxes = np.asarray(xyxy, np.float32).reshape(-1, 4)
        ranks = np.asarray(scores, np.float32)
        inside = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        order = np.argsort(-ranks, kind="stable")
        order = order[inside[order]]
        return cls(
            xyxy=boxes[order],
            scores=ranks[order],
            phrase_index=np.asarray(phrase_index, np.int64)[order],
            phrase_scores=np.asarray(phrase_scores, np.float32).reshape(-1, phrase_count)[order],
        )

    def above(self, threshold: float) -> Self:
        """The detections whose score is at least `threshold`: a view, no model runs."""
        # Both sides as float32: a score of 0.9 is not lost to the threshold 0.9.
        kept = int(np.count_nonzero(self.scores >= np.float32(threshold)))
        return type(self)(
            xyxy=self.xyxy[:kept],
            scores=self.scores[:kept],
            phrase_index=self.phrase_index[:kept],
            phrase_scores=self.phrase_scores[:kept],
        )

    @property
    def phrase_count(self) -> int:
        return int(self.phrase_scores.shape[1])

    @property
    def nbytes(self) -> int:
        """Memory held by the arrays, in bytes."""
        return sum(array.nbytes for array in self._arrays())

    def __len__(self) -> int:
        return len(self.scores)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Detections):
            return NotImplemented
        return all(map(np.array_equal, self._arrays(), other._arrays()))

    def _arrays(self) -> tuple[NDArray[np.float32] | NDArray[np.int64], ...]:
        return self.xyxy, self.scores, self.phrase_index, self.phrase_scores

    def _freeze(self, name: str, dtype: type[np.generic], shape: tuple[int, ...]) -> None:
        array: NDArray[np.generic] = getattr(self, name)
        if array.dtype != dtype or array.shape != shape:
            raise ValueError(
                f"{name}: expected {np.dtype(dtype)} {shape}, got {array.dtype} {array.shape}"
            )
        frozen = array.copy()
        frozen.setflags(write=False)
        object.__setattr__(self, name, frozen)


def _check_boxes(xyxy: NDArray[np.float32]) -> None:
    if not np.all(np.isfinite(xyxy)):
        raise ValueError("xyxy: expected finite numbers")
    if not np.all(xyxy[:, :2] < xyxy[:, 2:]):
        raise ValueError("xyxy: expected x1 < x2 and y1 < y2")


def _check_scores(name: str, scores: NDArray[np.float32]) -> None:
    if not np.all((scores >= 0) & (scores <= 1)):  # false for NaN too
        raise ValueError(f"{name}: expected numbers in 0…1")


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Where the time of one answer went, in milliseconds."""

    queue_ms: float = 0.0
    prepare_ms: float = 0.0
    model_ms: float = 0.0
    total_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class DetectionResult:
    """One answer to one question, with everything needed to show it, rate it and explain it."""

    id: str  # 32 hex digits, unguessable
    image_digest: str
    size_wh: tuple[int, int]
    prompt: Prompt
    model_id: str
    revision: str
    variant: str
    detections: Detections  # down to the detector's floor; the threshold is a view
    threshold: float  # the view the asker started with
    from_cache: bool
    at: datetime  # UTC
    timings: Timings = field(default_factory=Timings)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at: expected a time with its zone")
        if self.detections.phrase_count != len(self.prompt.phrases):
            raise ValueError(
                f"detections: expected {len(self.prompt.phrases)} phrases, "
                f"got {self.detections.phrase_count}"
            )

    @property
    def shown(self) -> Detections:
        """The detections at the asker's threshold."""
        return self.detections.above(self.threshold)
