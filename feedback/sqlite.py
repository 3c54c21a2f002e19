"""Ratings in SQLite: committed, flushed to the disk, and only then acknowledged."""

import json
import sqlite3
from dataclasses import fields, replace
from pathlib import Path

from feedback.codec import decode_feedback, decode_time, encode_feedback
from feedback.database import Database
from feedback.record import Feedback, feedback_id
from utils.clock import Clock

_JSON = ("prompt", "detections", "verdicts", "missed", "timings")
_COLUMNS = (
    *(field.name for field in fields(Feedback) if field.name != "size_wh"),
    *("width", "height"),
)
_OPINION = ("rating", "comment", "threshold", "verdicts", "missed", "image_kept")
_MARKS = ", ".join(f":{column}" for column in _COLUMNS)
_CHANGES = ", ".join(f"{column} = excluded.{column}" for column in (*_OPINION, "language", "at"))

# The same opinion sent twice (a double click, a lost answer) is one opinion and no edit.
_RECORD = f"""
INSERT INTO feedback ({", ".join(_COLUMNS)}) VALUES ({_MARKS})
ON CONFLICT (id) DO UPDATE SET edit = feedback.edit + 1, schema = excluded.schema, {_CHANGES}
WHERE ({", ".join(f"feedback.{column}" for column in _OPINION)})
    IS NOT ({", ".join(f"excluded.{column}" for column in _OPINION)})
"""  # noqa: S608 -- made of column names only

# What was taken back counts on, so that a late copy of the old never replaces the new.
_COUNT_ON = "SELECT edit + 1 FROM feedback_removed WHERE id = ?"
_NO_LONGER_REMOVED = "DELETE FROM feedback_removed WHERE id = ?"
_BURY = "INSERT INTO feedback_removed (id, edit, at) SELECT id, edit + 1, ? FROM feedback WHERE "
_REMOVE = "DELETE FROM feedback WHERE "


class SqliteFeedbackStore:
    """A FeedbackStore in the file at `database_path`. Safe to use from several threads."""

    def __init__(self, database_path: Path, *, clock: Clock) -> None:
        self._database = Database(database_path)
        self._clock = clock

    def record(self, feedback: Feedback) -> Feedback:
        """Commit the opinion, then return it as stored. Raises NotSaved."""
        with self._database.transaction() as connection:
            removed = connection.execute(_COUNT_ON, (feedback.id,)).fetchone()
            if removed is not None:
                feedback = replace(feedback, edit=removed[0])
                connection.execute(_NO_LONGER_REMOVED, (feedback.id,))
            connection.execute(_RECORD, _row(feedback))
            query = "SELECT edit, at FROM feedback WHERE id = ?"
            stored = connection.execute(query, (feedback.id,)).fetchone()
        return replace(feedback, edit=stored["edit"], at=decode_time(stored["at"]))

    def remove(self, session_id: str, result_id: str) -> bool:
        """Take one opinion back; False if there is none. Raises NotSaved."""
        return bool(self._remove("id = ?", feedback_id(session_id, result_id)))

    def forget_session(self, session_id: str) -> int:
        """Take all the session's opinions back; return how many. Raises NotSaved."""
        return self._remove("session_id = ?", session_id)

    def of_session(self, session_id: str) -> list[Feedback]:
        """Return the session's opinions, oldest first."""
        query = "SELECT * FROM feedback WHERE session_id = ? ORDER BY at, id"
        return [feedback_of(row) for row in self._database.select(query, session_id)]

    def of_result(self, session_id: str, result_id: str) -> Feedback | None:
        """Return the session's opinion on one result, if there is one."""
        query = "SELECT * FROM feedback WHERE id = ?"
        rows = self._database.select(query, feedback_id(session_id, result_id))
        return feedback_of(rows[0]) if rows else None

    def wants_image(self, digest: str) -> bool:
        """Say whether any opinion leaves the picture of this digest."""
        query = "SELECT 1 FROM feedback WHERE image_digest = ? AND image_kept = 1 LIMIT 1"
        return bool(self._database.select(query, digest))

    def close(self) -> None:
        self._database.close()

    def _remove(self, condition: str, value: str) -> int:
        with self._database.transaction() as connection:
            connection.execute(_BURY + condition, (self._clock.now().timestamp(), value))
            return connection.execute(_REMOVE + condition, (value,)).rowcount


def feedback_of(row: sqlite3.Row) -> Feedback:
    """Return the opinion in a row of the table `feedback`; its other columns are left alone."""
    facts = {column: row[column] for column in _COLUMNS}
    decoded = {column: json.loads(row[column]) for column in _JSON}
    size_wh = facts.pop("width"), facts.pop("height")
    image_kept = bool(row["image_kept"])
    return decode_feedback({**facts, **decoded, "size_wh": size_wh, "image_kept": image_kept})


def _row(feedback: Feedback) -> dict[str, object]:
    facts = encode_feedback(feedback)
    width, height = feedback.size_wh
    plain = {column: facts[column] for column in _COLUMNS if column in facts}
    encoded = {column: json.dumps(facts[column]) for column in _JSON}
    return plain | encoded | {"width": width, "height": height}
