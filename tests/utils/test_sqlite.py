"""How a database is opened."""

import sqlite3
from pathlib import Path

from utils.sqlite import connect


def test_a_commit_survives_a_power_cut_and_readers_do_not_wait(tmp_path: Path) -> None:
    connection = connect(tmp_path / "new" / "file.sqlite3")
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    connection.close()


def test_the_folder_is_the_owners_alone(tmp_path: Path) -> None:
    connect(tmp_path / "new" / "file.sqlite3").close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_rows_have_names(tmp_path: Path) -> None:
    connection = connect(tmp_path / "file.sqlite3")
    row = connection.execute("SELECT 1 AS one").fetchone()
    connection.close()
    assert isinstance(row, sqlite3.Row)
    assert row["one"] == 1
