from collections.abc import Sequence

import pytest

from feedback.export.spool import Spool
from feedback.record import BoxVerdict, Feedback, MissedBox, Verdict
from tests.feedback.export.ratings import CAT, CUP, DOG, asked, everything, judged, nothing_found

RIGHT, WRONG = (
    tuple(BoxVerdict(index=index, verdict=verdict) for index in range(4))
    for verdict in (Verdict.RIGHT, Verdict.WRONG)
)


def voted(verdicts: tuple[BoxVerdict, ...], session: str) -> Feedback:
    return judged(verdicts=verdicts, missed=(), session_id=session * 32)


def test_a_picture_rated_twice_is_one_picture() -> None:
    with Spool(everything()) as spool:
        pictures = list(spool.pictures())
    assert [(one.digest[0], one.ratings) for one in pictures] == [
        *(("a", 2), ("b", 1), ("c", 1), ("d", 1))
    ]
    assert [(one.judged, one.settled) for one in pictures] == [(1, 1), (1, 0), (0, 0), (0, 0)]


def test_the_same_answer_rated_twice_is_one_box() -> None:
    with Spool([judged(), judged(session_id="e" * 32)]) as spool:
        assert [truth.votes for truth in spool.truths()] == [2, 2, 2, 2]
        predictions = list(spool.predictions())
    said = [(one.right, one.wrong, one.wrong_label) for one in predictions]
    assert sorted(said) == [(0, 0, 2), (0, 2, 0), (2, 0, 0), (2, 0, 0)]


@pytest.mark.parametrize(
    ("ratings", "boxes"),
    [
        ([voted(RIGHT, "1")], 4),
        ([voted(WRONG, "1")], 0),
        ([voted(RIGHT, "1"), voted(WRONG, "2")], 0),
        ([voted(RIGHT, "1"), voted(WRONG, "2"), voted(RIGHT, "3")], 4),
    ],
    ids=["right", "wrong", "a draw", "two to one"],
)
def test_what_more_people_affirm_than_deny_is_true(ratings: Sequence[Feedback], boxes: int) -> None:
    with Spool(ratings) as spool:
        assert len(list(spool.truths())) == boxes


def test_phrases_that_differ_in_case_or_width_are_one_class() -> None:
    missed = tuple(
        MissedBox(phrase=phrase, xyxy=(number, 0.0, number + 5.0, 5.0))
        for number, phrase in enumerate(("A  dog", "ａ ＤＯＧ", "a dogs"))
    )
    with Spool([judged(), nothing_found(missed=missed)]) as spool:
        assert [one.name for one in spool.classes()] == [DOG, CUP, CAT, "一只鸟 🐦", "a dogs"]


def test_labels_count_the_classes_with_true_boxes() -> None:
    with Spool([judged()]) as spool:
        assert [(one.label, one.name) for one in spool.labels()] == [
            *((0, DOG), (1, CAT), (2, "一只鸟 🐦"))
        ]


def test_settled_pictures_come_with_their_boxes_even_if_there_are_none() -> None:
    wrong = judged(verdicts=WRONG, missed=(), image_digest="f" * 64)
    with Spool([asked(), judged(), wrong]) as spool:
        settled = {picture.digest[0]: boxes for picture, boxes in spool.labelled_pictures()}
    assert {digest: len(boxes) for digest, boxes in settled.items()} == {"a": 4, "f": 0}
    assert settled["a"][0] == (0, DOG, 10.0, 10.0, 50.0, 90.0)
