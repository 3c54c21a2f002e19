import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pytest

from detection.errors import (
    BadComment,
    BadMissedBox,
    BadPhrase,
    BadRating,
    BadThreshold,
    BadVerdict,
)
from feedback.record import (
    BoxVerdict,
    Feedback,
    MissedBox,
    RatingForm,
    Verdict,
    Xyxy,
    feedback_id,
)
from tests.feedback.samples import MISSED, VERDICTS, some_feedback, some_result

FINE: AbstractContextManager[object] = nullcontext()


def relabelled(phrase: str) -> tuple[BoxVerdict, ...]:
    return (BoxVerdict(index=0, verdict=Verdict.WRONG_LABEL, phrase=phrase),)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, FINE),
        ({"rating": 1}, FINE),
        ({"rating": 5}, FINE),
        ({"rating": 0}, pytest.raises(BadRating)),
        ({"rating": 6}, pytest.raises(BadRating)),
        ({"rating": True}, pytest.raises(BadRating)),
        ({"rating": 3.0}, pytest.raises(BadRating)),
        ({"rating": "3"}, pytest.raises(BadRating)),
        ({"rating": None}, pytest.raises(BadRating)),
        ({"rating": None, "comment": "words alone"}, pytest.raises(BadRating)),
        ({"rating": None, "keep_image": True}, pytest.raises(BadRating)),
        ({"rating": None, "verdicts": VERDICTS}, FINE),
        ({"rating": None, "missed": MISSED}, FINE),
        ({"rating": 0, "verdicts": VERDICTS}, pytest.raises(BadRating)),
        ({"verdicts": relabelled("x" * 200)}, FINE),
        ({"verdicts": relabelled("x" * 201)}, pytest.raises(BadPhrase)),
        ({"verdicts": relabelled(" ")}, pytest.raises(BadPhrase)),
        ({"verdicts": relabelled("\u202egnp")}, pytest.raises(BadPhrase)),
        ({"verdicts": (replace(VERDICTS[0], phrase="a dog"),)}, pytest.raises(BadPhrase)),
        ({"missed": (replace(MISSED[0], phrase=""),)}, pytest.raises(BadPhrase)),
        ({"missed": (replace(MISSED[0], phrase="\x00"),)}, pytest.raises(BadPhrase)),
        ({"comment": "two\r\nlines\tand <script>"}, FINE),
        ({"comment": "很好 👍🏽"}, FINE),
        ({"comment": "x" * 2000}, FINE),
        ({"comment": "x" * 2001}, pytest.raises(BadComment)),
        ({"comment": "\x00"}, pytest.raises(BadComment)),
        ({"comment": "\x1b[31m"}, pytest.raises(BadComment)),
        ({"comment": "\u202egnp"}, pytest.raises(BadComment)),
        ({"comment": "\ud800"}, pytest.raises(BadComment)),
        ({"threshold": 0.0}, FINE),
        ({"threshold": 1.0}, FINE),
        ({"threshold": 1.1}, pytest.raises(BadThreshold)),
        ({"threshold": float("nan")}, pytest.raises(BadThreshold)),
    ],
)
def test_a_rating_form_is_checked(
    changes: dict[str, Any], outcome: AbstractContextManager[object]
) -> None:
    form: dict[str, Any] = {"result_id": "0" * 32, "rating": 4} | changes
    with outcome:
        RatingForm(**form).validate()


def at(*indices: int) -> tuple[BoxVerdict, ...]:
    return tuple(BoxVerdict(index=index, verdict=Verdict.WRONG) for index in indices)


@pytest.mark.parametrize(
    ("verdicts", "threshold", "outcome"),
    [
        (at(0), None, FINE),
        (at(1), None, pytest.raises(BadVerdict)),  # 0.09 is not shown at 0.5
        (at(1, 0), 0.05, FINE),
        (at(0), 1.0, pytest.raises(BadVerdict)),
        (at(0, 0), None, pytest.raises(BadVerdict)),
        (at(-1), None, pytest.raises(BadVerdict)),
        (at(2**70), None, pytest.raises(BadVerdict)),
    ],
)
def test_a_verdict_is_about_a_box_that_was_shown(
    verdicts: tuple[BoxVerdict, ...],
    threshold: float | None,
    outcome: AbstractContextManager[object],
) -> None:
    form = RatingForm(result_id="0" * 32, verdicts=verdicts, threshold=threshold)
    with outcome:
        form.validate_for(some_result())


@pytest.mark.parametrize(
    ("xyxy", "outcome"),
    [
        ((0, 0, 640, 480), FINE),
        ((0.5, 0.5, 1.5, 1.5), FINE),
        ((639, 479, 640, 480), FINE),
        ((0, 0, 641, 480), pytest.raises(BadMissedBox)),
        ((-0.1, 0, 10, 10), pytest.raises(BadMissedBox)),
        ((10, 10, 10.5, 20), pytest.raises(BadMissedBox)),
        ((20, 10, 10, 20), pytest.raises(BadMissedBox)),
        ((0, 0, math.nan, 10), pytest.raises(BadMissedBox)),
        ((-math.inf, 0, 10, 10), pytest.raises(BadMissedBox)),
        ((0, 0, 10, math.inf), pytest.raises(BadMissedBox)),
    ],
    ids=str,
)
def test_a_missed_box_lies_in_the_picture(
    xyxy: Xyxy, outcome: AbstractContextManager[object]
) -> None:
    form = RatingForm(result_id="0" * 32, missed=(MissedBox(phrase="hat", xyxy=xyxy),))
    with outcome:
        form.validate_for(some_result())


@pytest.mark.parametrize(
    ("count", "outcome"), [(50, FINE), (51, pytest.raises(BadMissedBox))], ids=str
)
def test_missed_boxes_are_counted(count: int, outcome: AbstractContextManager[object]) -> None:
    with outcome:
        RatingForm(result_id="0" * 32, missed=MISSED[:1] * count).validate_for(some_result())


def test_the_id_tells_sessions_and_results_apart() -> None:
    ids = {feedback_id(session, result) for session in ("a", "ab") for result in ("bc", "c")}
    assert len(ids) == 4
    assert all(len(one) == 64 for one in ids)


STARS = RatingForm(result_id="0" * 32, rating=4, threshold=0.5)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, STARS),
        (some_feedback(), STARS),
        (
            some_feedback(verdicts=VERDICTS, threshold=0.3),
            replace(STARS, verdicts=VERDICTS, threshold=0.3),
        ),
        (some_feedback(verdicts=VERDICTS, threshold=0.7), replace(STARS, verdicts=VERDICTS)),
        (some_feedback(missed=MISSED, threshold=0.3), replace(STARS, missed=MISSED)),
    ],
    ids=["nothing", "stars alone", "a lower view", "a higher view", "missed boxes"],
)
def test_stars_join_the_boxes_that_were_judged_before(
    given: Feedback | None, expected: RatingForm
) -> None:
    assert STARS.beside(given) == expected
