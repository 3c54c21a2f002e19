"""Results, kept for a day, so that a rating after a restart still finds what it is about."""

import json
import re
import threading
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from accounts.asker import Asker
from detection.errors import ResultNotFound
from detection.result import DetectionResult
from feedback.codec import decode_result, encode_result
from feedback.database import Database
from utils.clock import Clock

KEPT_FOR = timedelta(hours=24)
PURGED_EVERY = timedelta(minutes=10)
_ID = re.compile(r"[0-9a-f]{32}")
_LOCKS = 64


class ResultStore:
    """Keeps each result for the session and user that asked. Safe to use from several threads."""

    def __init__(self, database_path: Path, *, clock: Clock) -> None:
        self._database = Database(database_path)
        self._clock = clock
        self._lock = threading.Lock()
        self._purged_at = clock.monotonic()
        self._holds = tuple(threading.Lock() for _ in range(_LOCKS))

    def save(self, result: DetectionResult, asker: Asker) -> None:
        """Store the result; it is on the disk when this returns. Raises NotSaved.

        Old results are purged on the way, every ten minutes.
        """
        row = (result.id, asker.session_id, asker.user.name, result.at.timestamp())
        record = json.dumps(encode_result(result))
        if self._is_purge_due():
            self.purge()
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?)", (*row, record))

    def load(self, result_id: str, asker: Asker) -> DetectionResult:
        """Return a result of the asker's own session. Raises ResultNotFound for any other."""
        if not _ID.fullmatch(result_id):
            raise ResultNotFound
        rows = self._database.select(
            "SELECT record FROM results WHERE id = ? AND session_id = ? AND user = ? AND at >= ?",
            *(result_id, asker.session_id, asker.user.name, self._oldest_kept()),
        )
        if not rows:
            raise ResultNotFound
        return decode_result(json.loads(rows[0]["record"]))

    def held(self, session_id: str) -> AbstractContextManager[object]:
        """Inside, whoever else asks for the same waits: rating a result, and forgetting it."""
        return self._holds[hash(session_id) % _LOCKS]

    def forget_session(self, session_id: str) -> list[str]:
        """Delete the session's results; return the digest of each one's picture. Raises NotSaved.

        A picture that was asked about twice is there twice.
        """
        chosen = "FROM results WHERE session_id = ?"
        digests = f"SELECT json_extract(record, '$.image_digest') {chosen}"
        with self._database.transaction() as connection:
            rows = connection.execute(digests, (session_id,)).fetchall()
            connection.execute(f"DELETE {chosen}", (session_id,))
        return [row[0] for row in rows]

    def purge(self) -> int:
        """Delete what is older than a day; return how many results that were. Raises NotSaved."""
        with self._database.transaction() as connection:
            statement = "DELETE FROM results WHERE at < ?"
            return connection.execute(statement, (self._oldest_kept(),)).rowcount

    def close(self) -> None:
        self._database.close()

    def _oldest_kept(self) -> float:
        return (self._clock.now() - KEPT_FOR).timestamp()

    def _is_purge_due(self) -> bool:
        now = self._clock.monotonic()
        with self._lock:
            if now - self._purged_at < PURGED_EVERY.total_seconds():
                return False
            self._purged_at = now
            return True
