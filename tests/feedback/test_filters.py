from datetime import UTC, datetime

import pytest

from detection.errors import BadFilter
from feedback.archive import FeedbackFilter
from feedback.filters import MAX_TEXT, FilterForm

DAY = datetime(2026, 1, 31, tzinfo=UTC)


def test_an_empty_form_wants_everything() -> None:
    assert FilterForm().parse() == FeedbackFilter()


def test_every_field_reaches_the_filter() -> None:
    form = FilterForm(
        model=" nano ", variant="b", user="ann", session="a" * 32, rating=("1", "5"), text="红色 "
    )
    assert form.parse() == FeedbackFilter(
        model_id="nano",
        variant="b",
        user="ann",
        session_id="a" * 32,
        ratings=frozenset({1, 5}),
        text="红色",
    )


@pytest.mark.parametrize(
    ("since", "until", "moments"),
    [
        ("2026-01-31", "", (DAY, None)),
        ("", "2026-01-30", (None, DAY)),
        ("2026-01-31T08:00:00+08:00", "2026-01-31T00:00:00Z", (DAY, DAY)),
        ("2026-01-31 00:00", "2026-01-31T00:00:00", (DAY, DAY)),
    ],
    ids=["from a day", "a day is included whole", "other zones become UTC", "no zone is UTC"],
)
def test_days_and_moments(since: str, until: str, moments: tuple[datetime, datetime]) -> None:
    wanted = FilterForm(since=since, until=until).parse()
    assert (wanted.since, wanted.until) == moments


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (FilterForm(since="yesterday"), "since"),
        (FilterForm(until="9999-12-31"), "until"),
        (FilterForm(since="0001-01-01T00:00:00+12:00"), "since"),
        (FilterForm(rating=("6",)), "rating"),
        (FilterForm(rating=("1; DROP TABLE feedback",)), "rating"),
        (FilterForm(user="a\0b"), "user"),
        (FilterForm(model="\u202egpj"), "model"),
        (FilterForm(session="a" * 201), "session"),
        (FilterForm(text="x" * (MAX_TEXT + 1)), "text"),
    ],
)
def test_what_cannot_be_used_is_named(form: FilterForm, field: str) -> None:
    with pytest.raises(BadFilter) as caught:
        form.parse()
    assert caught.value.facts == {"field": field}


def test_a_query_string_holds_what_was_filled_in() -> None:
    form = FilterForm(since="2026-01-31", rating=("4", "5"), text="a & b")
    assert form.query() == [
        ("since", "2026-01-31"),
        ("text", "a & b"),
        ("rating", "4"),
        ("rating", "5"),
    ]
