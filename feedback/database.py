"""The room's file in SQLite: one connection, one lock, and a disk that may be full."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detection.errors import NotSaved
from feedback.schema import MIGRATIONS, NEWEST, SCHEMA_VERSION
from utils.sqlite import connect

_log = logging.getLogger(__name__)


class NewerSchema(RuntimeError):
    """The file was written by a newer version of this software."""


class Database:
    """Opens the file at `path`, makes the tables or moves them to the newest version.

    Safe to use from several threads; several processes may share the file. Raises NewerSchema.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.connection = connect(path)
        try:
            self._move_to_newest(path)
        except BaseException:
            self.connection.close()
            raise

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

    def _move_to_newest(self, path: Path) -> None:
        """In one transaction, so that a crash or a second process finds a whole version."""
        with self.connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            version = _version(connection)
            if version > SCHEMA_VERSION:
                raise NewerSchema(f"{path}: schema {version}, this software knows {SCHEMA_VERSION}")
            for old in range(version, SCHEMA_VERSION):
                _log.info("ratings move from schema %d to %d", old, old + 1)
                for statement in MIGRATIONS[old]:
                    connection.execute(statement)
            for statement in NEWEST:
                connection.execute(statement)
            connection.execute("DELETE FROM feedback_schema")
            connection.execute("INSERT INTO feedback_schema VALUES (?)", (SCHEMA_VERSION,))


def _version(connection: sqlite3.Connection) -> int:
    """Return the version the tables were made with; a new file is made with the newest."""
    known = "SELECT 1 FROM sqlite_schema WHERE name = 'feedback_schema'"
    if connection.execute(known).fetchone() is None:
        return SCHEMA_VERSION
    return int(connection.execute("SELECT version FROM feedback_schema").fetchone()[0])
