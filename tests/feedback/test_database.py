import json
import sqlite3
from dataclasses import asdict
from pathlib import Path

import pytest

from feedback.codec import encode_detections, encode_prompt, encode_result
from feedback.database import Database, NewerSchema
from feedback.results import ResultStore
from feedback.schema import SCHEMA_VERSION
from feedback.sqlite import SqliteFeedbackStore
from tests.fakes import FakeClock
from tests.feedback.samples import ALICE, some_feedback, some_result

# As the first version of this software made it.
SCHEMA_1 = """
CREATE TABLE feedback_schema (version INTEGER NOT NULL) STRICT;
CREATE TABLE results (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    user TEXT NOT NULL,
    at REAL NOT NULL,                      -- seconds since 1970
    record TEXT NOT NULL                   -- JSON of the DetectionResult
) STRICT;
CREATE INDEX results_by_time ON results (at);
CREATE TABLE feedback (
    id TEXT PRIMARY KEY, edit INTEGER NOT NULL CHECK (edit >= 1), session_id TEXT NOT NULL,
    user TEXT NOT NULL, role TEXT NOT NULL, result_id TEXT NOT NULL,
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5), comment TEXT NOT NULL,
    prompt TEXT NOT NULL, model_id TEXT NOT NULL, revision TEXT NOT NULL, variant TEXT NOT NULL,
    image_digest TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    detections TEXT NOT NULL, threshold REAL NOT NULL, language TEXT NOT NULL,
    timings TEXT NOT NULL, at REAL NOT NULL
) STRICT;
CREATE INDEX feedback_by_session ON feedback (session_id, at);
INSERT INTO feedback_schema VALUES (1);
"""
OLD = [
    some_feedback(
        schema=1, result_id=f"{number:032}", edit=number, rating=number, comment=f"c{number}"
    )
    for number in range(1, 6)
]
RESULT = some_result(at=FakeClock().now())


@pytest.fixture
def old_file(path: Path) -> Path:
    """A file of schema 1 with five ratings and a result."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA_1)
    for feedback in OLD:
        row = (
            *(feedback.id, feedback.edit, feedback.session_id, feedback.user, feedback.role.value),
            *(feedback.result_id, feedback.rating, feedback.comment),
            json.dumps(encode_prompt(feedback.prompt)),
            *(feedback.model_id, feedback.revision, feedback.variant, feedback.image_digest),
            *feedback.size_wh,
            json.dumps(encode_detections(feedback.detections)),
            *(feedback.threshold, feedback.language, json.dumps(asdict(feedback.timings))),
            feedback.at.timestamp(),
        )
        connection.execute(f"INSERT INTO feedback VALUES ({', '.join('?' * len(row))})", row)
    facts = (RESULT.id, ALICE.session_id, "alice", RESULT.at.timestamp())
    record = json.dumps(encode_result(RESULT))
    connection.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?)", (*facts, record))
    connection.commit()
    connection.close()
    return path


def test_a_file_of_schema_1_keeps_every_rating_and_result(old_file: Path, clock: FakeClock) -> None:
    store, results = SqliteFeedbackStore(old_file, clock=clock), ResultStore(old_file, clock=clock)
    try:
        assert sorted(store.of_session("a" * 32), key=lambda feedback: feedback.edit) == OLD
        assert results.load(RESULT.id, ALICE) == RESULT
    finally:
        store.close()
        results.close()


def test_a_rating_of_schema_1_can_be_edited(old_file: Path, clock: FakeClock) -> None:
    store = SqliteFeedbackStore(old_file, clock=clock)
    edited = store.record(some_feedback(result_id=OLD[2].result_id, rating=None))
    kept = store.of_result(edited.session_id, edited.result_id)
    store.close()
    assert kept == edited
    assert (edited.edit, edited.schema, edited.rating) == (4, 2, None)


def test_an_old_file_ends_up_like_a_new_one(old_file: Path, tmp_path: Path) -> None:
    assert tables_of(old_file) == tables_of(tmp_path / "new.sqlite3")


def test_moving_that_fails_leaves_the_old_file_whole(old_file: Path) -> None:
    with sqlite3.connect(old_file) as connection:
        connection.execute("CREATE TABLE feedback_1 (in_the_way TEXT)")
    connection.close()
    with pytest.raises(sqlite3.OperationalError):
        Database(old_file)
    with sqlite3.connect(old_file) as connection:
        assert connection.execute("SELECT version FROM feedback_schema").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM feedback").fetchone() == (5,)
    connection.close()


def test_a_newer_schema_is_refused(path: Path) -> None:
    database = Database(path)
    with database.transaction() as connection:
        connection.execute("UPDATE feedback_schema SET version = ?", (SCHEMA_VERSION + 1,))
    database.close()
    with pytest.raises(NewerSchema, match=r"schema 3, this software knows 2"):
        Database(path)


def tables_of(path: Path) -> list[tuple[str, str]]:
    """Return what a file consists of once it has been opened; blanks do not matter."""
    database = Database(path)
    rows = database.select("SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name")
    database.close()
    return [(row["name"], "".join(row["sql"].replace('"', "").split())) for row in rows]
