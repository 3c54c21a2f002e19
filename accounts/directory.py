"""The users, in SQLite. Several processes may share the file (server and command line)."""

import re
import sqlite3
import threading
from pathlib import Path

from accounts import passwords
from accounts.user import Role, User
from detection.errors import BadUserName, LastAdmin, UserExists, UserUnknown
from utils.sqlite import connect

NAME_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,64}")  # no colon: Basic could not carry it

# Triggers count the edits, so that no way of writing can forget to.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS user_edits (generation INTEGER NOT NULL) STRICT;
INSERT INTO user_edits SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM user_edits);
CREATE TRIGGER IF NOT EXISTS user_added AFTER INSERT ON users
    BEGIN UPDATE user_edits SET generation = generation + 1; END;
CREATE TRIGGER IF NOT EXISTS user_changed AFTER UPDATE ON users
    BEGIN UPDATE user_edits SET generation = generation + 1; END;
CREATE TRIGGER IF NOT EXISTS user_removed AFTER DELETE ON users
    BEGIN UPDATE user_edits SET generation = generation + 1; END;
"""

# In the statement itself: two admins who remove each other at once must not both succeed.
_ONE_USER = """
 WHERE name = ?
 AND NOT (? AND role = 'admin' AND (SELECT COUNT(*) FROM users WHERE role = 'admin') = 1)
"""


class UserDirectory:
    """Adds, changes, removes, lists and verifies users. Safe to use from several threads."""

    def __init__(self, database_path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = connect(database_path)
        self._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        # Verified against when the name is unknown, so that both answers take as long.
        self._dummy_hash = passwords.hash_password(passwords.generate_password())

    @property
    def generation(self) -> int:
        """Grows with every edit by any process: whoever caches a verification compares it."""
        return int(self._select("SELECT generation FROM user_edits")[0]["generation"])

    def add(self, name: str, password: str, role: Role) -> User:
        """Add a user. Raises BadUserName, BadPassword or UserExists (case does not matter)."""
        if not NAME_PATTERN.fullmatch(name):
            raise BadUserName(name=name)
        password_hash = passwords.hash_password(password)
        try:
            self._edit("INSERT INTO users VALUES (?, ?, ?)", name, role.value, password_hash)
        except sqlite3.IntegrityError:
            raise UserExists(name=name) from None
        return User(name, role)

    def set_password(self, name: str, password: str) -> None:
        """Raises BadPassword or UserUnknown."""
        password_hash = passwords.hash_password(password)
        if not self._edit("UPDATE users SET password_hash = ? WHERE name = ?", password_hash, name):
            raise UserUnknown(name=name)

    def set_role(self, name: str, role: Role, *, keep_admin: bool = False) -> None:
        """Raises UserUnknown, and where `keep_admin` LastAdmin."""
        is_asked = keep_admin and role is not Role.ADMIN
        self._change("UPDATE users SET role = ?", role.value, name=name, keep_admin=is_asked)

    def remove(self, name: str, *, keep_admin: bool = False) -> None:
        """Raises UserUnknown, and where `keep_admin` LastAdmin."""
        self._change("DELETE FROM users", name=name, keep_admin=keep_admin)

    def list_users(self) -> list[User]:
        """Return everybody, by name."""
        return [_user(row) for row in self._select("SELECT name, role FROM users ORDER BY name")]

    def verify(self, name: str, password: str) -> User | None:
        """Return the user if the password is right. Takes about 20 ms, whether or not it is."""
        rows = self._select("SELECT * FROM users WHERE name = ?", name)
        password_hash = rows[0]["password_hash"] if rows else self._dummy_hash
        if not passwords.is_password(password, password_hash) or not rows:
            return None
        if passwords.needs_rehash(password_hash):
            self._replace_hash(name, password_hash, passwords.hash_password(password))
        return _user(rows[0])

    def ensure_first_users(self) -> dict[str, str]:
        """Generate `admin` and `guest` unless there is an admin; return their new passwords.

        A guest added beforehand does not stop it, an admin does: then somebody is in charge.
        Names that are taken stay as they are. Processes that start together generate them once.
        """
        generated = {role.value: passwords.generate_password() for role in Role}
        hashes = {name: passwords.hash_password(word) for name, word in generated.items()}
        with self._lock, self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            rows = connection.execute("SELECT name, role FROM users").fetchall()
            if any(row["role"] == Role.ADMIN for row in rows):
                return {}
            taken = {row["name"].lower() for row in rows}
            first = [Role(name) for name in generated if name not in taken]
            connection.executemany(
                "INSERT INTO users VALUES (?, ?, ?)",
                [(role.value, role.value, hashes[role]) for role in first],
            )
        return {role.value: generated[role] for role in first}

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _replace_hash(self, name: str, old_hash: str, new_hash: str) -> None:
        """Only if nobody has changed the password meanwhile."""
        update = "UPDATE users SET password_hash = ? WHERE name = ? AND password_hash = ?"
        self._edit(update, new_hash, name, old_hash)

    def _change(self, statement: str, *values: str, name: str, keep_admin: bool) -> None:
        if not self._edit(statement + _ONE_USER, *values, name, keep_admin):
            rows = self._select("SELECT 1 FROM users WHERE name = ?", name)
            raise LastAdmin(name=name) if rows else UserUnknown(name=name)

    def _edit(self, statement: str, *values: str | bool) -> int:
        """Commit one statement; return the number of users it touched."""
        with self._lock, self._connection as connection:
            return connection.execute(statement, values).rowcount

    def _select(self, statement: str, *values: str) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


def _user(row: sqlite3.Row) -> User:
    return User(row["name"], Role(row["role"]))
