"""Ratings worth exporting, and texts that want to break the file they stand in."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from detection.prompt import Prompt
from detection.result import Detections
from feedback.archive import FeedbackFilter
from feedback.export.provenance import Provenance
from feedback.record import BoxVerdict, Feedback, MissedBox, Verdict, feedback_id
from tests.feedback.samples import some_feedback

PROMPT = "a dog . 红色杯子 . the cat 🐱"
DOG, CUP, CAT = "a dog", "红色杯子", "the cat 🐱"
PROVENANCE = Provenance(
    app_version="9.9",
    exported_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
    wanted=FeedbackFilter(user="alice", ratings=frozenset({5, 1})),
    ratings=7,
    pending=3,
    note="3 ratings lack.",
)


@cache
def _plain() -> Feedback:
    return some_feedback()


@cache
def parsed() -> Prompt:
    return Prompt.parse(PROMPT)


@cache
def found() -> Detections:
    """Four boxes above 0.5 and one below, in a picture of 640 by 480 pixels."""
    return Detections.ranked(
        xyxy=[
            [64, 48, 128, 96],
            [200, 100, 300, 200],
            [10, 10, 50, 90],
            [600, 400, 640, 480],
            [0, 0, 5, 5],
        ],
        scores=[0.9, 0.8, 0.7, 0.6, 0.2],
        phrase_index=[0, 1, 1, 2, 0],
        phrase_scores=[[0.5, 0.5, 0.5]] * 5,
        phrase_count=3,
    )


def asked(**changes: Any) -> Feedback:
    """Return a rating of `found()` in which nobody judged a box."""
    facts: dict[str, Any] = {"prompt": parsed(), "detections": found()}
    changed = replace(_plain(), **facts | changes)
    return replace(changed, id=feedback_id(changed.session_id, changed.result_id))


def judged(**changes: Any) -> Feedback:
    """Every shown box judged, one missed: a dog, no cup, a dog after all, a cat, and a bird."""
    facts: dict[str, Any] = {
        "verdicts": (
            BoxVerdict(index=0, verdict=Verdict.RIGHT),
            BoxVerdict(index=1, verdict=Verdict.WRONG),
            BoxVerdict(index=2, verdict=Verdict.WRONG_LABEL, phrase=DOG),
            BoxVerdict(index=3, verdict=Verdict.RIGHT),
        ),
        "missed": (MissedBox(phrase="一只鸟 🐦", xyxy=(320.0, 240.0, 480.0, 360.0)),),
        "image_digest": "a" * 64,
        "result_id": "1" * 32,
        "rating": None,
    }
    return asked(**facts | changes)


def half_judged(**changes: Any) -> Feedback:
    """One box judged, three left alone."""
    facts: dict[str, Any] = {
        "verdicts": (BoxVerdict(index=0, verdict=Verdict.RIGHT),),
        "image_digest": "b" * 64,
        "result_id": "2" * 32,
    }
    return asked(**facts | changes)


def nothing_found(**changes: Any) -> Feedback:
    """Stars for a picture in which the model found nothing."""
    facts: dict[str, Any] = {
        "detections": Detections.empty(3),
        "image_digest": "c" * 64,
        "result_id": "3" * 32,
    }
    return asked(**facts | changes)


def everything() -> list[Feedback]:
    """Return ratings of four pictures, one of them twice."""
    return [
        judged(),
        half_judged(),
        nothing_found(),
        asked(),
        judged(session_id="e" * 32, user="bob", rating=2),
    ]


_PIECES = (
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "＋",
        "'",
        "''",
        '"',
        '""',
        ";",
        ",",
        "\t",
        "\r",
        "\n",
    ),
    *("\r\n", " ", "\u00a0", "\u3000", "\u2028", "\u2029", "\ufeff", "\u200d", "\ue000"),
    *(
        "\U0010ffff",
        "很好",
        "🐱",
        "👍🏽",
        "é",
        "e\u0301",
        "<script>alert(1)</script>",
        "NaN",
        "null",
    ),
    *("None", "{}", "[]", "\\", "\\u0000", "%s", "{0}", "#", "-->", "]]>", "=cmd|' /C calc'!A0"),
    "x" * 300,
)


@cache
def hostile_texts(count: int = 1000) -> tuple[str, ...]:
    """Return the same `count` texts each time; every piece also stands alone."""
    choose = random.Random(1)
    mixed = (
        "".join(choose.choices(_PIECES, k=choose.randint(1, 8)))[:2000]
        for _ in range(count - len(_PIECES))
    )
    return (*_PIECES, *mixed)


@cache
def hostile_ratings() -> tuple[Feedback, ...]:
    """Return ratings whose comments, users and right phrases are hostile."""
    return tuple(
        judged(
            result_id=f"{number:032}",
            comment=text,
            user=text[:40],
            missed=(
                MissedBox(phrase=text[:200] if text.strip() else "x", xyxy=(1.0, 2.0, 3.0, 4.5)),
            ),
        )
        for number, text in enumerate(hostile_texts())
    )
