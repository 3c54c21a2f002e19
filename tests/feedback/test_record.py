from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from detection.errors import BadComment, BadRating, BadThreshold
from feedback.record import RatingForm, feedback_id

FINE: AbstractContextManager[object] = nullcontext()


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


def test_the_id_tells_sessions_and_results_apart() -> None:
    ids = {feedback_id(session, result) for session in ("a", "ab") for result in ("bc", "c")}
    assert len(ids) == 4
    assert all(len(one) == 64 for one in ids)
