"""What Elasticsearch does not have yet: ratings and removals that wait in SQLite to be copied."""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedback.codec import decode_time
from feedback.database import Database
from feedback.record import Feedback
from feedback.sqlite import feedback_of
from utils.clock import Clock

# A dead letter counts as sent, so that it stands in nobody's way; `retry` sends it again.
_DEAD_LETTERS = """
CREATE TABLE IF NOT EXISTS feedback_dead_letters (
    id TEXT PRIMARY KEY,
    edit INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at REAL NOT NULL                       -- seconds since 1970
) STRICT
"""
_WAITING = "SELECT * FROM feedback WHERE edit > sent_edit ORDER BY at LIMIT ?"
_REMOVALS = "SELECT id, edit FROM feedback_removed WHERE sent = 0 ORDER BY at LIMIT ?"
_BACKLOG = """
SELECT count(*) AS count, min(at) AS oldest FROM (
    SELECT at FROM feedback WHERE edit > sent_edit
    UNION ALL SELECT at FROM feedback_removed WHERE sent = 0
)
"""
_SENT = "UPDATE feedback SET sent_edit = max(sent_edit, :edit) WHERE id = :id AND edit >= :edit"
_REMOVED = "UPDATE feedback_removed SET sent = 1 WHERE id = :id AND edit = :edit"
_NO_LONGER_DEAD = "DELETE FROM feedback_dead_letters WHERE id = :id AND edit <= :edit"
_BURY = "INSERT OR REPLACE INTO feedback_dead_letters VALUES (:id, :edit, :reason, :at)"
_DEAD = "SELECT id, edit, reason, at FROM feedback_dead_letters"
_CHOSEN = "(SELECT id FROM feedback_dead_letters WHERE :id IS NULL OR id = :id)"
_WAIT_AGAIN = f"UPDATE feedback SET sent_edit = 0 WHERE id IN {_CHOSEN}"  # noqa: S608 - ours
_REMOVE_AGAIN = f"UPDATE feedback_removed SET sent = 0 WHERE id IN {_CHOSEN}"  # noqa: S608 - ours
_REVIVE = "DELETE FROM feedback_dead_letters WHERE :id IS NULL OR id = :id"
_MAX_REASON = 1000  # characters; Elasticsearch may answer at length

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One copy on its way: the rating as of one edit, or word that it was taken back."""

    id: str
    edit: int
    feedback: Feedback | None  # None: remove it

    @property
    def facts(self) -> dict[str, str | int]:
        return {"id": self.id, "edit": self.edit}


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits."""

    count: int
    oldest_age_s: float  # 0 where nothing waits


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A rating Elasticsearch will not take as it is; SQLite keeps it."""

    id: str
    edit: int
    reason: str
    at: datetime


class Outbox:
    """Reads and marks the tables in the file at `database_path`.

    Safe to use from several threads and beside other processes. Whatever writes raises NotSaved.
    """

    def __init__(self, database_path: Path, *, clock: Clock) -> None:
        self._database = Database(database_path)
        self._clock = clock
        with self._database.transaction() as connection:
            connection.execute(_DEAD_LETTERS)

    def take(self, most: int) -> list[Letter]:
        """Return up to `most` of what has waited longest; taking twice gives the same twice."""
        removals = [
            Letter(id=row["id"], edit=row["edit"], feedback=None)
            for row in self._database.select(_REMOVALS, most)
        ]
        rows = self._database.select(_WAITING, most - len(removals))
        ratings = [letter for row in rows if (letter := self._letter(row))]
        return removals + ratings

    def settle(self, sent: Iterable[Letter]) -> None:
        """Elasticsearch has these: they no longer wait."""
        facts = [letter.facts for letter in sent]
        with self._database.transaction() as connection:
            for statement in (_SENT, _REMOVED, _NO_LONGER_DEAD):
                connection.executemany(statement, facts)

    def bury(self, refused: Sequence[tuple[Letter, str]]) -> None:
        """Elasticsearch will never take these, for the reasons given: set them aside."""
        at = self._clock.now().timestamp()
        facts = [
            {**letter.facts, "reason": reason[:_MAX_REASON], "at": at} for letter, reason in refused
        ]
        with self._database.transaction() as connection:
            for statement in (_SENT, _REMOVED, _BURY):
                connection.executemany(statement, facts)

    def backlog(self) -> Backlog:
        (row,) = self._database.select(_BACKLOG)
        if row["oldest"] is None:
            return Backlog(count=0, oldest_age_s=0.0)
        age_s = self._clock.now().timestamp() - row["oldest"]
        return Backlog(count=row["count"], oldest_age_s=max(0.0, age_s))

    def dead_letters(self) -> list[DeadLetter]:
        """Return what was set aside, oldest first."""
        rows = self._database.select(f"{_DEAD} ORDER BY at, id")
        return [_dead_letter(row) for row in rows]

    def dead_letter(self, feedback_id: str) -> tuple[DeadLetter, Feedback | None] | None:
        """Return one of them and its rating (None where that cannot be read), if it is there."""
        rows = self._database.select(f"{_DEAD} WHERE id = ?", feedback_id)
        if not rows:
            return None
        ratings = self._database.select("SELECT * FROM feedback WHERE id = ?", feedback_id)
        return _dead_letter(rows[0]), _readable(ratings[0]) if ratings else None

    def count_dead(self) -> int:
        (row,) = self._database.select("SELECT count(*) FROM feedback_dead_letters")
        return int(row[0])

    def retry(self, feedback_id: str | None = None) -> int:
        """Let one dead letter (or all) wait again; return how many."""
        chosen = {"id": feedback_id}
        with self._database.transaction() as connection:
            connection.execute(_WAIT_AGAIN, chosen)
            connection.execute(_REMOVE_AGAIN, chosen)
            return connection.execute(_REVIVE, chosen).rowcount

    def resend(self) -> int:
        """Let everything wait again, for an index that was lost; return how many ratings."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM feedback_dead_letters")
            connection.execute("UPDATE feedback_removed SET sent = 0")
            return connection.execute("UPDATE feedback SET sent_edit = 0").rowcount

    def close(self) -> None:
        self._database.close()

    def _letter(self, row: sqlite3.Row) -> Letter | None:
        """Return the row as a letter; one that cannot be read is set aside and does not go."""
        letter = Letter(id=row["id"], edit=row["edit"], feedback=_readable(row))
        if letter.feedback is not None:
            return letter
        self.bury([(letter, "the row in SQLite cannot be read")])
        return None


def _readable(row: sqlite3.Row) -> Feedback | None:
    try:
        return feedback_of(row)
    except (ValueError, KeyError, TypeError):  # damaged, or written by hand
        _log.exception("rating %s cannot be read", row["id"])
        return None


def _dead_letter(row: sqlite3.Row) -> DeadLetter:
    return DeadLetter(
        id=row["id"], edit=row["edit"], reason=row["reason"], at=decode_time(row["at"])
    )
