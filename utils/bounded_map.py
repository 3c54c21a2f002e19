"""A mapping that forgets: what is too old, and, when full, what was used longest ago."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from utils.clock import Clock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedMap(Generic[Key, Value]):
    """Holds entries of at most `max_weight` together, each for `ttl_s` seconds. Not thread-safe."""

    def __init__(self, *, max_weight: int, ttl_s: float, clock: Clock) -> None:
        self._max_weight = max_weight
        self._ttl_s = ttl_s
        self._clock = clock
        self._entries: OrderedDict[Key, tuple[Value, int, float]] = OrderedDict()
        self._weight = 0

    @property
    def weight(self) -> int:
        """What the entries weigh together."""
        return self._weight

    def get(self, key: Key) -> Value | None:
        """Return the value, now the most recently used, or None."""
        if key not in self._entries:
            return None
        value, _weight, expires_at = self._entries[key]
        if self._clock.monotonic() >= expires_at:
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: Key, value: Value, weight: int = 1) -> None:
        """Keep the value; what weighs more than the whole map may is not kept."""
        self._remove(key)
        if weight > self._max_weight:
            return
        while self._weight + weight > self._max_weight:
            self._remove(next(iter(self._entries)))
        self._entries[key] = (value, weight, self._clock.monotonic() + self._ttl_s)
        self._weight += weight

    def remove_where(self, is_meant: Callable[[Key, Value], bool]) -> int:
        """Forget the entries that are meant; return how many."""
        keys = [key for key, (value, *_) in self._entries.items() if is_meant(key, value)]
        for key in keys:
            self._remove(key)
        return len(keys)

    def __len__(self) -> int:
        return len(self._entries)

    def _remove(self, key: Key) -> None:
        _value, weight, _expires_at = self._entries.pop(key, (None, 0, 0.0))
        self._weight -= weight
