from datetime import UTC, date, datetime

import pytest

from feedback.archive import DayCount
from ui.admin.periods import Span, spans_of, start_of

NOW = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("7", datetime(2026, 2, 23, tzinfo=UTC)),
        ("30", datetime(2026, 1, 31, tzinfo=UTC)),
        ("all", None),
        ("-1", None),
        (None, None),
    ],
)
def test_a_period_begins_with_a_day(period: str, start: datetime | None) -> None:
    assert start_of(period, NOW) == start


def test_days_without_ratings_count_nothing() -> None:
    days = [DayCount(day=date(2026, 1, day), count=day, mean=None) for day in (1, 3)]
    assert [span.count for span in spans_of(days)] == [1, 0, 3]


def test_many_days_share_a_span() -> None:
    days = [DayCount(day=date(2026, month, 1), count=1, mean=None) for month in (1, 6)]
    spans = spans_of(days)
    assert len(spans) <= 30
    assert spans[0] == Span(date(2026, 1, 1), date(2026, 1, 6), 1)
    assert sum(span.count for span in spans) == 2


def test_no_days_are_no_spans() -> None:
    assert spans_of([]) == []
