"""Passwords: argon2id hashes, and the readable ones we generate."""

import secrets
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from detection.errors import BadPassword

MIN_LENGTH = 8

# OWASP's minimum for argon2id; one verification takes about 20 ms and 19 MiB.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)

# Without characters that are easily taken for one another (0 o, 1 l i).
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """Return the argon2id hash, parameters and salt included. Raises BadPassword if too short."""
    if len(password) < MIN_LENGTH:
        raise BadPassword(limit=MIN_LENGTH)
    return _HASHER.hash(_normalised(password))


def is_password(password: str, password_hash: str) -> bool:
    """Say whether the password belongs to the hash; an unreadable hash matches nothing."""
    try:
        return _HASHER.verify(password_hash, _normalised(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Say whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def generate_password() -> str:
    """Return four groups of four readable characters: 79 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def _normalised(password: str) -> str:
    """Keyboards disagree about é: one code point or two (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password)
