"""What an opinion about a result is: as it came in, and as it is kept."""

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from accounts.user import Role
from detection.characters import is_refused
from detection.errors import (
    BadComment,
    BadMissedBox,
    BadPhrase,
    BadRating,
    BadThreshold,
    BadVerdict,
)
from detection.prompt import Prompt
from detection.result import DetectionResult, Detections, Timings
from texts import Language

RECORD_SCHEMA = 2  # 1: a rating and a comment; 2: also verdicts, missed boxes, kept images
MAX_COMMENT = 2000  # code points
MAX_PHRASE = 200  # code points
MAX_MISSED = 50

Xyxy = tuple[float, float, float, float]


class Verdict(StrEnum):
    """What somebody says of one box."""

    RIGHT = "right"
    WRONG = "wrong"
    WRONG_LABEL = "wrong_label"


@dataclass(frozen=True, kw_only=True)
class BoxVerdict:
    """A verdict on a box that was shown."""

    index: int  # of the box in Detections: best score first, so of what was shown too
    verdict: Verdict
    phrase: str = ""  # the right one as it was typed, for WRONG_LABEL


@dataclass(frozen=True, kw_only=True)
class MissedBox:
    """A thing the model did not find, as a person drew it."""

    phrase: str  # as it was typed
    xyxy: Xyxy  # pixels of the upright source image, half-open


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """One opinion about one result, with everything needed to learn from it but the pixels."""

    id: str  # of (session_id, result_id): a second opinion replaces the first
    edit: int  # 1 for the first, one more for each change
    session_id: str
    user: str
    role: Role
    result_id: str
    rating: int | None  # 1 (useless) to 5 (exactly right); None where only boxes were judged
    comment: str  # as it was typed
    prompt: Prompt
    model_id: str
    revision: str
    variant: str
    image_digest: str
    size_wh: tuple[int, int]
    detections: Detections  # down to the detector's score floor
    threshold: float  # the view that was rated
    language: Language  # of the asker
    timings: Timings
    at: datetime  # UTC, of the latest edit
    verdicts: tuple[BoxVerdict, ...] = ()  # by index
    missed: tuple[MissedBox, ...] = ()
    image_kept: bool = False  # whether the asker left the picture to learn from
    schema: int = RECORD_SCHEMA


@dataclass(frozen=True, kw_only=True)
class RatingForm:
    """The whole of somebody's opinion as it came in: nothing in it is trusted."""

    result_id: str
    rating: int | None = None  # None: only boxes are judged
    comment: str = ""
    threshold: float | None = None  # the view it was given under; None for the result's own
    verdicts: tuple[BoxVerdict, ...] = ()
    missed: tuple[MissedBox, ...] = ()
    keep_image: bool = False

    def validate(self) -> None:
        """Check what can be checked alone.

        Raises BadRating, BadComment, BadThreshold, BadVerdict or BadPhrase.
        """
        # Neither true, an int in Python, nor 3.0 is a rating.
        is_whole = type(self.rating) is int and 1 <= self.rating <= 5
        if not is_whole and (self.rating is not None or not (self.verdicts or self.missed)):
            raise BadRating
        if len(self.comment) > MAX_COMMENT or any(map(is_refused, self.comment)):
            raise BadComment(limit=MAX_COMMENT)
        if self.threshold is not None and not 0 <= self.threshold <= 1:  # NaN included
            raise BadThreshold(value=self.threshold, floor=0.0)
        for verdict in self.verdicts:
            _check_verdict(verdict)
        for missed in self.missed:
            _check_phrase(missed.phrase)

    def validate_for(self, result: DetectionResult) -> None:
        """Check what is said of boxes against the picture and what was shown of it.

        Raises BadVerdict or BadMissedBox.
        """
        shown = len(result.detections.above(self.threshold_for(result)))
        judged = {verdict.index for verdict in self.verdicts}
        if len(judged) < len(self.verdicts) or not all(0 <= index < shown for index in judged):
            raise BadVerdict(count=shown)
        width, height = result.size_wh
        if len(self.missed) > MAX_MISSED or not all(
            _is_inside(missed.xyxy, width, height) for missed in self.missed
        ):
            raise BadMissedBox(limit=MAX_MISSED, width=width, height=height)

    def beside(self, given: Feedback | None) -> Self:
        """Return these stars with the boxes `given` before, under a view that shows them."""
        if given is None or not (given.verdicts or given.missed):
            return self
        views = [view for view in (self.threshold, given.threshold) if view is not None]
        return replace(
            self,
            threshold=min(views) if given.verdicts else self.threshold,
            verdicts=given.verdicts,
            missed=given.missed,
        )

    def threshold_for(self, result: DetectionResult) -> float:
        """Return the threshold `result` was looked at with."""
        return result.threshold if self.threshold is None else self.threshold


def feedback_id(session_id: str, result_id: str) -> str:
    """Return the one id an opinion on this result by this session can have: 64 hex digits."""
    return hashlib.sha256(f"v1\0{session_id}\0{result_id}".encode()).hexdigest()


def _check_verdict(verdict: BoxVerdict) -> None:
    if verdict.verdict is Verdict.WRONG_LABEL:
        _check_phrase(verdict.phrase)
    elif verdict.phrase:  # a right label beside another verdict would contradict it
        raise BadPhrase(limit=MAX_PHRASE)


def _check_phrase(phrase: str) -> None:
    if not phrase.strip() or len(phrase) > MAX_PHRASE or any(map(is_refused, phrase)):
        raise BadPhrase(limit=MAX_PHRASE)


def _is_inside(xyxy: Xyxy, width: int, height: int) -> bool:
    """Say whether the box lies in the picture and covers at least a pixel each way."""
    x1, y1, x2, y2 = xyxy
    return (
        all(map(math.isfinite, xyxy))
        and 0 <= x1 <= x2 - 1 <= width - 1
        and 0 <= y1 <= y2 - 1 <= height - 1
    )
