"""The room's tables in SQLite: one connection, one lock, and a disk that may be full."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detection.errors import NotSaved
from utils.sqlite import connect

SCHEMA_VERSION = 1

# The file is shared with other rooms, so the version is a row of ours and not PRAGMA user_version.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback_schema (version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS results (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    user TEXT NOT NULL,
    at REAL NOT NULL,                      -- seconds since 1970
    record TEXT NOT NULL                   -- JSON of the DetectionResult
) STRICT;
CREATE INDEX IF NOT EXISTS results_by_time ON results (at);
CREATE TABLE IF NOT EXISTS feedback (
    id TEXT PRIMARY KEY,
    edit INTEGER NOT NULL CHECK (edit >= 1),
    session_id TEXT NOT NULL,
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    result_id TEXT NOT NULL,
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    comment TEXT NOT NULL,
    prompt TEXT NOT NULL,                  -- JSON: text, phrases, caption
    model_id TEXT NOT NULL,
    revision TEXT NOT NULL,
    variant TEXT NOT NULL,
    image_digest TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    detections TEXT NOT NULL,              -- JSON, down to the detector's score floor
    threshold REAL NOT NULL,
    language TEXT NOT NULL,
    timings TEXT NOT NULL,                 -- JSON, milliseconds
    at REAL NOT NULL                       -- seconds since 1970, of the latest edit
) STRICT;
CREATE INDEX IF NOT EXISTS feedback_by_session ON feedback (session_id, at);
"""

_log = logging.getLogger(__name__)


class NewerSchema(RuntimeError):
    """The file was written by a newer version of this software."""


class Database:
    """Opens the file at `path` and makes the tables. Safe to use from several threads.

    Several processes may share the file. Raises NewerSchema.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.connection = connect(path)
        self.connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        version = self._schema_version()
        if version > SCHEMA_VERSION:
            self.connection.close()
            raise NewerSchema(f"{path}: schema {version}, this software knows {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and on the disk when the block is left. Raises NotSaved."""
        try:
            with self._lock, self.connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        except sqlite3.OperationalError as error:  # full, read-only, locked for too long
            _log.error("not saved: %s", error)
            raise NotSaved from error

    def select(self, statement: str, *values: str | float) -> list[sqlite3.Row]:
        with self._lock:
            return self.connection.execute(statement, values).fetchall()

    def close(self) -> None:
        with self._lock:
            self.connection.close()

    def _schema_version(self) -> int:
        """Return the version the tables were made with; a new file gets ours."""
        with self.connection as connection:
            connection.execute(
                "INSERT INTO feedback_schema"
                " SELECT ? WHERE NOT EXISTS (SELECT 1 FROM feedback_schema)",
                (SCHEMA_VERSION,),
            )
            return int(connection.execute("SELECT version FROM feedback_schema").fetchone()[0])
