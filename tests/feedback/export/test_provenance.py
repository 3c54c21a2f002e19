from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from feedback.archive import FeedbackFilter, FeedbackPage, FeedbackSummary
from feedback.export.provenance import EXPORT_SCHEMA, describe_filter, provenance_of
from feedback.record import Feedback
from tests.feedback.export.ratings import PROVENANCE, judged

MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)


class FakeArchive:
    """Five ratings are wanted; some are on their way."""

    def __init__(self, pending: int) -> None:
        self._pending = pending

    def search(self, wanted: FeedbackFilter, *, page: int = 1, size: int = 20) -> FeedbackPage:
        return FeedbackPage(items=(judged(),), total=5)

    def scan(self, wanted: FeedbackFilter) -> Iterator[Feedback]:
        yield from [judged()] * 5

    def summary(self, wanted: FeedbackFilter) -> FeedbackSummary:
        return FeedbackSummary(total=5)

    def find(self, feedback_id: str) -> Feedback | None:
        return None

    def pending(self) -> int:
        return self._pending


@pytest.mark.parametrize(
    ("wanted", "facts"),
    [
        (FeedbackFilter(), {}),
        (FeedbackFilter(ratings=frozenset({5, 1})), {"ratings": [1, 5]}),
        (FeedbackFilter(since=MOMENT, text="狗"), {"since": MOMENT.isoformat(), "text": "狗"}),
    ],
    ids=["any", "stars", "since and text"],
)
def test_of_the_filter_what_was_filled_in_is_said(
    wanted: FeedbackFilter, facts: dict[str, object]
) -> None:
    assert describe_filter(wanted) == facts


@pytest.mark.parametrize(("pending", "note"), [(0, ""), (3, "3 ratings are acknowledged")])
def test_an_export_says_what_it_holds_and_what_is_pending(pending: int, note: str) -> None:
    provenance = provenance_of(
        FakeArchive(pending),
        FeedbackFilter(),
        app_version="9.9",
        exported_at=MOMENT,
        language="en",
    )
    assert (provenance.ratings, provenance.pending) == (5, pending)
    assert provenance.note.startswith(note)
    assert bool(provenance.note) is bool(pending)


def test_facts_name_schema_version_and_time() -> None:
    assert PROVENANCE.facts() == {
        "schema": EXPORT_SCHEMA,
        "app": "glip-demo",
        "app_version": "9.9",
        "exported_at": "2026-02-03T04:05:06+00:00",
        "filter": {"user": "alice", "ratings": [1, 5]},
        "ratings": 7,
        "pending": 3,
        "note": "3 ratings lack.",
    }
