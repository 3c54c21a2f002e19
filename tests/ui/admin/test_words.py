from datetime import date
from typing import Any

import pytest

from feedback.archive import DayCount, FeedbackSummary, VariantCount
from feedback.record import BoxVerdict, MissedBox, Verdict
from tests.feedback.archive_contract import rating_of
from texts import say
from ui.admin.words import (
    box_rows,
    cell_of,
    days_spoken,
    fact_rows,
    figures_of,
    judged,
    list_row,
    stars_spoken,
    variants_spoken,
)

VERDICTS = (
    BoxVerdict(index=0, verdict=Verdict.WRONG_LABEL, phrase="猫 {name}"),
    BoxVerdict(index=1, verdict=Verdict.RIGHT),
)
MISSED = (MissedBox(phrase="<b>cup</b>", xyxy=(1.4, 2.6, 30.0, 40.0)),)
SUMMARY = FeedbackSummary(
    total=7,
    per_day=(
        DayCount(day=date(2026, 1, 1), count=3, mean=4.0),
        DayCount(day=date(2026, 1, 3), count=4, mean=None),
    ),
    per_variant=(
        VariantCount(model_id="nano", variant="a", count=4, mean=3.25),
        VariantCount(model_id="nano", variant="b", count=3, mean=None),
    ),
    ratings={1: 1, 2: 0, 3: 1, 4: 0, 5: 2},
)


def test_a_row_holds_what_was_said_on_one_line() -> None:
    feedback = rating_of(1, prompt="a dog", comment="first\n\nsecond", verdicts=VERDICTS)
    assert list_row(feedback) == (
        *("4 ★", "a dog", "first second", "✓1 ×1", "alice"),
        *("2026-01-10 13:00", "fake · default"),
    )


def test_a_rating_without_stars_has_none() -> None:
    assert list_row(rating_of(1, rating=None))[0] == ""


def test_a_long_text_is_cut() -> None:
    assert cell_of("x" * 140) == "x" * 140
    assert cell_of("x" * 141) == "x" * 139 + "…"


@pytest.mark.parametrize(
    ("changes", "counts"),
    [({}, ""), ({"missed": MISSED}, "+1"), ({"verdicts": VERDICTS, "missed": MISSED}, "✓1 ×1 +1")],
)
def test_verdicts_are_counted(changes: dict[str, Any], counts: str) -> None:
    assert judged(rating_of(1, **changes)) == counts


def test_a_row_a_box_that_was_shown_and_one_a_missed_one() -> None:
    feedback = rating_of(1, threshold=0.0, verdicts=VERDICTS, missed=MISSED)
    first, second, missed = box_rows(feedback, "en")
    assert (first[1], first[2], first[4]) == ("a dog", "0.82", "→ 猫 {name}")
    assert (second[1], second[4]) == ("红色杯子", "✓ right")
    assert missed == ("+", "<b>cup</b>", "", "(1, 3) – (30, 40)", "missed here")


def test_boxes_below_the_threshold_were_not_shown() -> None:
    assert box_rows(rating_of(1, threshold=1.0), "zh") == []


def test_every_fact_has_a_name_in_both_languages() -> None:
    english, chinese = (fact_rows(rating_of(1), language) for language in ("en", "zh"))
    assert ("Model", "fake") in english
    assert ("阈值", "0.50") in chinese
    assert [value for _, value in english] == [value for _, value in chinese]


def test_figures_count_stars_alone() -> None:
    assert [figure[1:] for figure in figures_of(SUMMARY, "en")] == [
        *(("7", ""), ("3.50", "★")),
        *(("50 %", "2"), ("25 %", "1")),
    ]


def test_without_stars_there_is_no_mean() -> None:
    assert [value for _, value, _ in figures_of(FeedbackSummary(), "en")] == ["0", "–", "–", "–"]


def test_a_chart_is_told_in_numbers() -> None:
    assert days_spoken(SUMMARY, "en").endswith("2026-01-01: 3, 2026-01-02: 0, 2026-01-03: 4")
    assert stars_spoken(SUMMARY, "zh") == say(
        "admin.spoken_stars", "zh", numbers="1 ★: 1，2 ★: 0，3 ★: 1，4 ★: 0，5 ★: 2"
    )
    assert variants_spoken(SUMMARY, "en").endswith("nano · a: 3.25 ★ (4), nano · b: – (3)")


def test_a_long_time_is_told_in_spans() -> None:
    year = tuple(DayCount(day=date(2026, month, 1), count=1, mean=5.0) for month in range(1, 13))
    spoken = days_spoken(FeedbackSummary(total=12, per_day=year), "en")
    assert "2026-01-01 – 2026-01-12: 1" in spoken
