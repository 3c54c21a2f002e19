"""One way to open an SQLite database: write-ahead log, and a commit that survives a power cut."""

import sqlite3
from pathlib import Path

BUSY_TIMEOUT_S = 10.0


def connect(path: Path) -> sqlite3.Connection:
    """Open (or make) the database at `path`; its folder is made too, readable by the owner only.

    Transactions are explicit (`with connection:` commits or rolls back). The connection may be
    used from several threads if the caller serialises it. Raises sqlite3.OperationalError when
    the file cannot be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
