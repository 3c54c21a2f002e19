"""What a rating is: as it came in, and as it is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from accounts.user import Role
from detection.characters import is_refused
from detection.errors import BadComment, BadRating, BadThreshold
from detection.prompt import Prompt
from detection.result import Detections, Timings
from texts import Language

MAX_COMMENT = 2000  # code points


@dataclass(frozen=True, kw_only=True)
class RatingForm:
    """A rating as it came in: nothing in it is trusted."""

    result_id: str
    rating: int
    comment: str = ""
    threshold: float | None = None  # the view it was given under; None for the result's own

    def validate(self) -> None:
        """Raise BadRating, BadComment or BadThreshold."""
        # Neither true, an int in Python, nor 3.0 is a rating.
        if type(self.rating) is not int or not 1 <= self.rating <= 5:
            raise BadRating
        if len(self.comment) > MAX_COMMENT or any(map(is_refused, self.comment)):
            raise BadComment(limit=MAX_COMMENT)
        if self.threshold is not None and not 0 <= self.threshold <= 1:  # NaN included
            raise BadThreshold(value=self.threshold, floor=0.0)


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """One rating of one result, with everything needed to learn from it; no pixel is kept."""

    id: str  # of (session_id, result_id): rating again replaces
    edit: int  # 1 for the first rating, one more for each change
    session_id: str
    user: str
    role: Role
    result_id: str
    rating: int  # 1 (useless) to 5 (exactly right)
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


def feedback_id(session_id: str, result_id: str) -> str:
    """Return the one id a rating of this result by this session can have: 64 hex digits."""
    return hashlib.sha256(f"v1\0{session_id}\0{result_id}".encode()).hexdigest()
