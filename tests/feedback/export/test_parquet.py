import io
import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from pyarrow.parquet import ParquetFile

from feedback.export.parquet import METADATA_KEY, ROWS_A_GROUP, write_parquet
from feedback.record import Feedback
from tests.feedback.export.ratings import PROVENANCE, everything, hostile_ratings, judged


def content_of(ratings: Sequence[Feedback]) -> io.BytesIO:
    return io.BytesIO(b"".join(write_parquet(ratings, PROVENANCE)))


def test_pandas_reads_ratings_and_verdicts() -> None:
    frame: Any = pd.read_parquet(content_of(everything()))
    assert list(frame["id"]) == [feedback.id for feedback in everything()]
    assert list(frame["rating"].fillna(0)) == [0, 4, 4, 4, 2]
    assert list(frame["at"]) == [feedback.at for feedback in everything()]
    assert [box["verdict"] for box in frame["boxes"][0]] == [
        *("right", "wrong", "wrong_label", "right")
    ]
    assert [box["verdict"] for box in frame["boxes"][1]] == ["right", None, None, None]
    assert frame["boxes"][0][2]["right_phrase"] == "a dog"
    assert list(frame["missed"][0]) == [
        {"phrase": "一只鸟 🐦", "x1": 320.0, "y1": 240.0, "x2": 480.0, "y2": 360.0}
    ]
    assert len(frame["boxes"][2]) == 0


def test_numbers_are_not_rounded() -> None:
    rating = judged()
    frame: Any = pd.read_parquet(content_of([rating]))
    scores = [box["score"] for box in frame["boxes"][0]]
    assert scores == rating.detections.scores.tolist()[:4]


def test_the_metadata_says_where_it_comes_from() -> None:
    metadata = ParquetFile(content_of([])).schema_arrow.metadata
    assert json.loads(metadata[METADATA_KEY]) == PROVENANCE.facts()


@pytest.mark.parametrize("count", [0, 1, ROWS_A_GROUP, ROWS_A_GROUP + 1])
def test_row_groups_are_bounded(count: int) -> None:
    file = ParquetFile(content_of([judged()] * count))
    assert file.metadata.num_rows == count
    assert file.num_row_groups == -(-count // ROWS_A_GROUP)


def test_hostile_texts_come_back() -> None:
    frame: Any = pd.read_parquet(content_of(hostile_ratings()))
    assert list(frame["comment"]) == [feedback.comment for feedback in hostile_ratings()]
    assert [missed[0]["phrase"] for missed in frame["missed"]] == [
        feedback.missed[0].phrase for feedback in hostile_ratings()
    ]
