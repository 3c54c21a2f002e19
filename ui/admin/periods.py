"""The days an overview looks at, and the spans its chart counts them in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC as ZONE
from datetime import date, datetime, time, timedelta
from math import ceil

from feedback.archive import DayCount

PERIODS = ("7", "30", "90", "all")  # days, today included
_MOST_SPANS = 30


@dataclass(frozen=True)
class Span:
    """Some days in a row, both included, and the ratings on them."""

    first: date
    last: date
    count: int


def start_of(period: str, now: datetime) -> datetime | None:
    """Return the moment (UTC) a period begins; None for all there is."""
    if period not in PERIODS[:-1]:
        return None
    first = now.astimezone(ZONE).date() - timedelta(days=int(period) - 1)
    return datetime.combine(first, time(), ZONE)


def spans_of(per_day: Sequence[DayCount]) -> list[Span]:
    """Return spans of equal length without a gap; single days unless those were too many."""
    if not per_day:
        return []
    first, days = per_day[0].day, (per_day[-1].day - per_day[0].day).days + 1
    length = ceil(days / _MOST_SPANS)
    counts = [0] * ceil(days / length)
    for entry in per_day:
        counts[(entry.day - first).days // length] += entry.count
    starts = [first + timedelta(days=index * length) for index in range(len(counts))]
    return [
        Span(start, start + timedelta(days=length - 1), count)
        for start, count in zip(starts, counts, strict=True)
    ]
