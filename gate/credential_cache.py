"""Remembers verified credentials without keeping them: only a MAC under a key of this process."""

import hashlib
import hmac
import secrets
from collections import OrderedDict

from accounts.user import User
from utils.clock import Clock

TTL_S = 300.0
MAX_ENTRIES = 1_000


class CredentialCache:
    """MAC of an Authorization header → user. Emptied when the directory's generation changes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._generation = -1
        self._entries: OrderedDict[bytes, tuple[User, float]] = OrderedDict()

    def key(self, header: str) -> bytes:
        """Return what stands for the header here."""
        return hmac.digest(self._secret, header.encode(), hashlib.sha256)

    def load(self, key: bytes, generation: int) -> User | None:
        """Return the user who was verified with this key under this generation."""
        self._flush_unless(generation)
        user, expires = self._entries.get(key, (None, 0.0))
        return user if self._clock.monotonic() < expires else None

    def store(self, key: bytes, user: User, generation: int) -> None:
        """Remember a verification that was begun under this generation."""
        self._flush_unless(generation)
        self._entries[key] = user, self._clock.monotonic() + TTL_S
        self._entries.move_to_end(key)
        if len(self._entries) > MAX_ENTRIES:
            self._entries.popitem(last=False)

    def _flush_unless(self, generation: int) -> None:
        if generation != self._generation:
            self._generation = generation
            self._entries.clear()
