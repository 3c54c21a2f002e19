"""Ratings in SQLite: committed, flushed to the disk, and only then acknowledged."""

import json
import sqlite3
from dataclasses import asdict, fields, replace
from pathlib import Path

from accounts.user import Role
from detection.result import Timings
from feedback.codec import (
    decode_detections,
    decode_prompt,
    decode_time,
    encode_detections,
    encode_prompt,
)
from feedback.database import Database
from feedback.record import Feedback, feedback_id

_COLUMNS = (
    *("id", "edit", "session_id", "user", "role", "result_id", "rating", "comment", "prompt"),
    *("model_id", "revision", "variant", "image_digest", "width", "height", "detections"),
    *("threshold", "language", "timings", "at"),
)
_AS_THEY_ARE = {field.name for field in fields(Feedback)} & set(_COLUMNS) - {
    *("role", "prompt", "detections", "timings", "at"),
}
_MARKS = ", ".join(f":{column}" for column in _COLUMNS)
_CHANGES = ", ".join(
    f"{column} = excluded.{column}"
    for column in ("rating", "comment", "threshold", "language", "at")
)

# The same rating sent twice (a double click, a lost answer) is one rating and no edit.
_RECORD = f"""
INSERT INTO feedback ({", ".join(_COLUMNS)}) VALUES ({_MARKS})
ON CONFLICT (id) DO UPDATE SET edit = feedback.edit + 1, {_CHANGES}
WHERE (feedback.rating, feedback.comment, feedback.threshold)
    IS NOT (excluded.rating, excluded.comment, excluded.threshold)
"""  # noqa: S608 -- made of column names only


class SqliteFeedbackStore:
    """A FeedbackStore in the file at `database_path`. Safe to use from several threads."""

    def __init__(self, database_path: Path) -> None:
        self._database = Database(database_path)

    def record(self, feedback: Feedback) -> Feedback:
        """Commit the rating, then return it as stored. Raises NotSaved."""
        with self._database.transaction() as connection:
            connection.execute(_RECORD, _row(feedback))
            query = "SELECT edit, at FROM feedback WHERE id = ?"
            stored = connection.execute(query, (feedback.id,)).fetchone()
        return replace(feedback, edit=stored["edit"], at=decode_time(stored["at"]))

    def of_session(self, session_id: str) -> list[Feedback]:
        """Return the session's ratings, oldest first."""
        query = "SELECT * FROM feedback WHERE session_id = ? ORDER BY at, id"
        return [_feedback(row) for row in self._database.select(query, session_id)]

    def of_result(self, session_id: str, result_id: str) -> Feedback | None:
        """Return the session's rating of one result, if there is one."""
        query = "SELECT * FROM feedback WHERE id = ?"
        rows = self._database.select(query, feedback_id(session_id, result_id))
        return _feedback(rows[0]) if rows else None

    def close(self) -> None:
        self._database.close()


def _row(feedback: Feedback) -> dict[str, object]:
    width, height = feedback.size_wh
    return {name: getattr(feedback, name) for name in _AS_THEY_ARE} | {
        "role": feedback.role.value,
        "prompt": json.dumps(encode_prompt(feedback.prompt)),
        "width": width,
        "height": height,
        "detections": json.dumps(encode_detections(feedback.detections)),
        "timings": json.dumps(asdict(feedback.timings)),
        "at": feedback.at.timestamp(),
    }


def _feedback(row: sqlite3.Row) -> Feedback:
    plain = {name: row[name] for name in _AS_THEY_ARE}
    return Feedback(
        **plain,
        role=Role(row["role"]),
        prompt=decode_prompt(json.loads(row["prompt"])),
        size_wh=(row["width"], row["height"]),
        detections=decode_detections(json.loads(row["detections"])),
        timings=Timings(**json.loads(row["timings"])),
        at=decode_time(row["at"]),
    )
