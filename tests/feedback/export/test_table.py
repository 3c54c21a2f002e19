import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from feedback.export.cells import unguard
from feedback.export.table import COLUMNS, write_table
from feedback.record import Feedback
from tests.feedback.export.ratings import CUP, PROVENANCE, everything, hostile_ratings, judged


def rows_of(ratings: Sequence[Feedback]) -> list[dict[str, str]]:
    content = b"".join(write_table(ratings, PROVENANCE)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_excel_is_told_that_it_is_utf_8() -> None:
    assert b"".join(write_table([], PROVENANCE)).startswith(b"\xef\xbb\xbfid,edit,")


def test_there_is_a_row_a_rating_in_our_columns() -> None:
    rows = rows_of(everything())
    assert [row["id"] for row in rows] == [feedback.id for feedback in everything()]
    assert tuple(rows[0]) == COLUMNS
    assert [row["rating"] for row in rows] == ["", "4", "4", "4", "2"]


def test_boxes_are_json_with_what_was_said_of_them() -> None:
    boxes = json.loads(rows_of([judged()])[0]["boxes"])
    assert [box["verdict"] for box in boxes] == ["right", "wrong", "wrong_label", "right"]
    assert boxes[1] | {"span": None} == {
        "phrase": CUP,
        "span": None,
        "score": 0.8,
        "box": [200.0, 100.0, 300.0, 200.0],
        "verdict": "wrong",
    }
    assert boxes[2]["right_phrase"] == "a dog"


def test_the_first_row_says_where_it_comes_from() -> None:
    rows = rows_of(everything())
    assert json.loads(rows[0]["export"]) == PROVENANCE.facts()
    assert {row["export"] for row in rows[1:]} == {""}


def test_hostile_texts_come_back_and_no_cell_is_a_formula() -> None:
    rows = rows_of(hostile_ratings())
    assert [unguard(row["comment"]) for row in rows] == [
        feedback.comment for feedback in hostile_ratings()
    ]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(tuple("=+-@\t\r"))]


def test_pandas_reads_it() -> None:
    content = b"".join(write_table(hostile_ratings(), PROVENANCE))
    frame: Any = pd.read_csv(io.BytesIO(content), dtype={"comment": str}, keep_default_na=False)
    assert list(frame["comment"].map(unguard)) == [
        feedback.comment for feedback in hostile_ratings()
    ]
    assert json.loads(frame["missed"].map(unguard)[0])[0]["box"] == [1.0, 2.0, 3.0, 4.5]
