import pytest

from feedback.export.judged import (
    TrueBox,
    clipped,
    is_judged,
    is_settled,
    name_of,
    shown_boxes,
    true_boxes,
)
from feedback.record import Feedback, Verdict, Xyxy
from tests.feedback.export.ratings import CAT, DOG, asked, half_judged, judged, nothing_found


def test_what_was_shown_is_what_the_threshold_lets_through() -> None:
    assert [round(box.score, 1) for box in shown_boxes(asked())] == [0.9, 0.8, 0.7, 0.6]
    assert shown_boxes(nothing_found()) == []


def test_each_box_carries_its_own_verdict() -> None:
    assert [box.verdict for box in shown_boxes(half_judged())] == [Verdict.RIGHT, None, None, None]
    assert [box.right_phrase for box in shown_boxes(judged())] == ["", "", DOG, ""]


def test_true_are_right_relabelled_and_drawn_boxes() -> None:
    assert true_boxes(judged()) == [
        TrueBox(DOG, (0, 5), (64, 48, 128, 96)),
        TrueBox(DOG, (0, 5), (10, 10, 50, 90)),
        TrueBox(CAT, (15, 24), (600, 400, 640, 480)),
        TrueBox("一只鸟 🐦", None, (320, 240, 480, 360)),
    ]


def test_what_nobody_judged_is_not_true() -> None:
    assert true_boxes(asked()) == []
    assert len(true_boxes(half_judged())) == 1


@pytest.mark.parametrize(
    ("feedback", "said", "settled"),
    [
        (asked(), False, False),
        (nothing_found(), False, False),
        (half_judged(), True, False),
        (judged(), True, True),
        (nothing_found(missed=judged().missed), True, True),
    ],
    ids=["stars only", "nothing found", "one of four", "all", "all of none, and one drawn"],
)
def test_settled_is_what_leaves_no_box_unjudged(
    feedback: Feedback, *, said: bool, settled: bool
) -> None:
    assert is_judged(feedback) is said
    assert is_settled(feedback) is settled


@pytest.mark.parametrize(
    ("xyxy", "inside"),
    [
        ((1, 2, 3, 4), (1, 2, 3, 4)),
        ((-5, 2.004, 3, 400), (0, 2, 3, 50)),
        ((100, 0, 120, 5), None),
        ((1, 1, 1.004, 5), None),
    ],
)
def test_boxes_are_cut_at_the_border(xyxy: Xyxy, inside: Xyxy | None) -> None:
    assert clipped(xyxy, (100, 50)) == inside


def test_a_class_name_is_one_line() -> None:
    assert name_of(" the\nred \t cup\u2028") == "the red cup"
