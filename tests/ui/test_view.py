"""A result in words: rows, counts, marks and what to try next."""

from datetime import UTC, datetime

import pytest

from detection.prompt import Prompt
from detection.result import DetectionResult, Detections, Timings
from texts import Language
from ui.view import View

PROMPT = "find a dog . the red cup . a dog"


def view(
    threshold: float = 0.5,
    language: Language = "en",
    scores: tuple[float, ...] = (0.91, 0.8, 0.3),
    *,
    from_cache: bool = False,
) -> View:
    """Two boxes for the first phrase, one (0.30) for the second, none for the third."""
    count = len(scores)
    prompt = Prompt.parse(PROMPT)
    result = DetectionResult(
        id="0" * 32,
        image_digest="d",
        size_wh=(640, 480),
        prompt=prompt,
        model_id="fake",
        revision="1",
        variant="default",
        detections=Detections.ranked(
            xyxy=[[1.4, 2.6, 30, 40]] * count,
            scores=scores,
            phrase_index=[0, 0, 1][:count],
            phrase_scores=[[0.0] * 3] * count,
            phrase_count=3,
        ),
        threshold=threshold,
        from_cache=from_cache,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        timings=Timings(total_ms=421.6),
    )
    return View(result, threshold, language)


def test_a_row_holds_the_phrase_as_typed_and_rounded_numbers() -> None:
    assert view().rows() == [
        ("1", "a dog", "0.91", "(1, 3) – (30, 40)"),
        ("1", "a dog", "0.80", "(1, 3) – (30, 40)"),
    ]


@pytest.mark.parametrize(
    ("threshold", "language", "expected"),
    [
        (0.5, "en", "**2 boxes** in 422 ms"),
        (0.85, "en", "**1 box** in 422 ms"),
        (0.5, "zh", "找到 **2 个框**，用时 422 毫秒"),
    ],
)
def test_the_headline_counts_what_is_shown(
    threshold: float, language: Language, expected: str
) -> None:
    assert view(threshold, language).headline() == expected


def test_an_answer_from_memory_says_so() -> None:
    assert "known from before" in view(from_cache=True).headline()


def test_where_the_threshold_hides_everything_it_says_how_far_to_go() -> None:
    assert "0.91" in view(0.95).headline()


def test_where_there_is_nothing_at_all_it_does_not_send_people_to_the_threshold() -> None:
    assert "threshold shows it" not in view(scores=()).headline()
    assert "Other words may help" in view(scores=()).headline()


def test_the_marks_are_the_prompt_exactly_as_typed() -> None:
    marks = view().marks()
    assert "".join(text for text, _ in marks) == PROMPT
    assert [mark for mark in marks if mark[1]] == [
        ("a dog", "1 · 2 found"),
        ("the red cup", "2 · not found"),
        ("a dog", "3 · not found"),
    ]


def test_two_equal_phrases_have_colours_of_their_own() -> None:
    colours = view().colours()
    assert len(colours) == 3
    assert colours["1 · 2 found"] != colours["3 · not found"]


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(0.5, "2 boxes: a dog 0.91, a dog 0.80"), (0.85, "1 box: a dog 0.91"), (0.95, "No boxes.")],
)
def test_the_result_can_be_heard(threshold: float, expected: str) -> None:
    assert view(threshold).spoken() == expected
