"""What admins read: every rating there is, filtered, paged, counted, whatever keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from feedback.record import Feedback

MAX_PAGE_SIZE = 100
_LAST_PAGE = 10**9


@dataclass(frozen=True, kw_only=True)
class FeedbackFilter:
    """Which ratings are wanted; what is empty wants any."""

    since: datetime | None = None  # UTC, this moment included
    until: datetime | None = None  # UTC, this moment excluded
    model_id: str = ""
    variant: str = ""
    user: str = ""
    session_id: str = ""
    ratings: frozenset[int] = frozenset()
    text: str = ""  # stands in the prompt or the comment, in any case; no search syntax


@dataclass(frozen=True, kw_only=True)
class FeedbackPage:
    """One page of the ratings that were found."""

    items: tuple[Feedback, ...]  # the newest first
    total: int  # on all pages


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """The ratings of one day (UTC)."""

    day: date
    count: int
    mean: float | None  # of the stars; None where only boxes were judged


@dataclass(frozen=True, kw_only=True)
class VariantCount:
    """The ratings of one variant's answers."""

    model_id: str
    variant: str
    count: int
    mean: float | None  # of the stars; None where only boxes were judged


@dataclass(frozen=True, kw_only=True)
class FeedbackSummary:
    """What the ratings say together."""

    total: int = 0  # with those that carry no stars
    per_day: tuple[DayCount, ...] = ()  # oldest first; only days with ratings
    per_variant: tuple[VariantCount, ...] = ()  # by model, then variant
    ratings: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(range(1, 6), 0))


class FeedbackArchive(Protocol):
    """Reads the ratings of everybody; who may ask is decided above."""

    def search(self, wanted: FeedbackFilter, *, page: int = 1, size: int = 20) -> FeedbackPage:
        """Return one page, counted from 1, the newest first; beyond the last there are none.

        At most MAX_PAGE_SIZE ratings, however many are asked for.
        """
        ...

    def scan(self, wanted: FeedbackFilter) -> Iterator[Feedback]:
        """Yield every rating wanted, oldest first, in constant memory, beside writers."""
        ...

    def summary(self, wanted: FeedbackFilter) -> FeedbackSummary:
        """Count the ratings wanted."""
        ...

    def find(self, feedback_id: str) -> Feedback | None:
        """Return one rating, if there is one."""
        ...

    def pending(self) -> int:
        """Return how many acknowledged ratings have not reached this archive yet."""
        ...


def bounds_of(page: int, size: int) -> tuple[int, int]:
    """Return how many ratings lie before a page, and how many it may hold."""
    limit = min(max(size, 1), MAX_PAGE_SIZE)
    return (min(max(page, 1), _LAST_PAGE) - 1) * limit, limit
