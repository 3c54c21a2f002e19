"""A result in words: counts, what to try next, and what is heard."""

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
    phrases = [0, 0, 1, *[0] * count][:count]
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
            phrase_index=phrases,
            phrase_scores=[[0.0] * 3] * count,
            phrase_count=3,
        ),
        threshold=threshold,
        from_cache=from_cache,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        timings=Timings(total_ms=421.6),
    )
    return View(result, threshold, language)


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


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(0.5, "2 boxes: a dog 0.91, a dog 0.80"), (0.85, "1 box: a dog 0.91"), (0.95, "No boxes.")],
)
def test_the_result_can_be_heard(threshold: float, expected: str) -> None:
    assert view(threshold).spoken() == expected


def test_who_listens_hears_the_best_boxes_and_how_many_more_there_are() -> None:
    spoken = view(scores=tuple(0.9 - place / 100 for place in range(14))).spoken()
    assert spoken.startswith("14 boxes: a dog 0.90, ")
    assert spoken.endswith("0.81, and 4 more")
    assert spoken.count(",") == 10
