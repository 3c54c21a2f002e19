"""Remembers verified credentials without keeping them: only a MAC under a key of this process."""

import hashlib
import hmac
import secrets

from accounts.user import User
from utils.bounded_map import BoundedMap
from utils.clock import Clock

TTL_S = 300.0
MAX_ENTRIES = 1_000


class CredentialCache:
    """MAC of an Authorization header → user. Emptied when the directory's generation changes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._generation = -1
        self._entries = self._empty()

    def key(self, header: str) -> bytes:
        """Return what stands for the header here."""
        return hmac.digest(self._secret, header.encode(), hashlib.sha256)

    def load(self, key: bytes, generation: int) -> User | None:
        """Return the user who was verified with this key under this generation."""
        self._flush_unless(generation)
        return self._entries.get(key)

    def store(self, key: bytes, user: User, generation: int) -> None:
        """Remember a verification that was begun under this generation."""
        self._flush_unless(generation)
        self._entries.put(key, user)

    def _flush_unless(self, generation: int) -> None:
        if generation != self._generation:
            self._generation = generation
            self._entries = self._empty()

    def _empty(self) -> BoundedMap[bytes, User]:
        return BoundedMap(max_weight=MAX_ENTRIES, ttl_s=TTL_S, clock=self._clock)
