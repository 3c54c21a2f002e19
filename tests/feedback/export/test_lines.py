import io
import json
from typing import Any

import pandas as pd

from feedback.codec import decode_feedback
from feedback.export.lines import write_lines
from feedback.record import Feedback
from tests.feedback.export.ratings import PROVENANCE, everything, hostile_ratings


def read(content: bytes) -> tuple[list[Feedback], list[Any]]:
    """Return the ratings, and what stands under `export` in each line."""
    lines = [json.loads(line) for line in content.splitlines()]
    exports = [line.pop("export", None) for line in lines]
    return [decode_feedback(line) for line in lines], exports


def test_every_rating_comes_back_whole() -> None:
    ratings, _ = read(b"".join(write_lines(everything(), PROVENANCE)))
    assert ratings == everything()


def test_the_first_line_says_where_it_comes_from() -> None:
    _, exports = read(b"".join(write_lines(everything(), PROVENANCE)))
    assert exports[0] == PROVENANCE.facts()
    assert not any(exports[1:])


def test_hostile_texts_come_back_a_line_each() -> None:
    content = b"".join(write_lines(hostile_ratings(), PROVENANCE))
    assert content.isascii()
    assert content.count(b"\n") == len(hostile_ratings())
    assert read(content)[0] == list(hostile_ratings())


def test_pandas_reads_it() -> None:
    content = b"".join(write_lines(everything(), PROVENANCE))
    frame: Any = pd.read_json(io.BytesIO(content), lines=True)
    assert list(frame["id"]) == [feedback.id for feedback in everything()]
    assert frame["export"][0] == PROVENANCE.facts()
