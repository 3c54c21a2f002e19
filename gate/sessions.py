"""Which requests come from the same browser: a cookie that only this server can make."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from accounts.user import User
from utils.clock import Clock
from utils.sqlite import connect

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session_key (key BLOB NOT NULL, made_at TEXT NOT NULL) STRICT
"""
_INSERT_FIRST = """
INSERT INTO session_key SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM session_key)
"""


@dataclass(frozen=True)
class Session:
    """`session_id` is 32 hex digits, safe to show; `cookie` is secret and proves it."""

    session_id: str
    cookie: str


class SessionStore:
    """Makes sessions and recognises them, also after a restart.

    A cookie is a random secret and a MAC that binds it to its user, under a key kept in the
    database. So nothing is stored a session: a program that never sends its cookie back costs
    no row, and a made-up cookie is none.
    """

    def __init__(self, database_path: Path, *, clock: Clock) -> None:
        made = secrets.token_bytes(32), clock.now().isoformat()
        connection = connect(database_path)
        with connection:
            connection.execute("BEGIN IMMEDIATE")  # two processes must agree on one key
            connection.execute(_SCHEMA)
            connection.execute(_INSERT_FIRST, made)
            self._key = bytes(connection.execute("SELECT key FROM session_key").fetchone()["key"])
        connection.close()

    def begin(self, user: User) -> Session:
        """Return a new session of the user."""
        return self._session(secrets.token_hex(32), user)

    def resume(self, cookie: str, user: User) -> Session | None:
        """Return the cookie's session, if this server made it for this very user."""
        secret, _, _ = cookie.partition(".")
        session = self._session(secret, user)
        is_genuine = hmac.compare_digest(session.cookie.encode(), cookie.encode())
        return session if is_genuine else None

    def _session(self, secret: str, user: User) -> Session:
        mac = hmac.digest(self._key, f"{secret}.{user.name}".encode(), hashlib.sha256).hex()
        session_id = hashlib.sha256(secret.encode()).hexdigest()[:32]
        return Session(session_id, f"{secret}.{mac}")
