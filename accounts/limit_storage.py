"""Moving windows in this process's memory, for the limits library.

Its own storage reads the wall clock, starts a timer thread and cannot take a hit back; this one
reads the clock it is handed, so that limits survive clock changes and tests need not wait.
"""

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from limits.storage import MovingWindowSupport, Storage

from utils.clock import Clock

SCHEME = "clocked"
MAX_WINDOWS = 20_000


@dataclass
class _Window:
    """Hits, oldest first, as (time in seconds, cost)."""

    hits: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0

    def forget_before(self, start: float) -> None:
        while self.hits and self.hits[0][0] <= start:
            self.total -= self.hits.popleft()[1]


class ClockedStorage(Storage, MovingWindowSupport):
    """Storage for `strategy="moving-window"` under the URI `clocked://`; takes a `clock` option.

    Holds MAX_WINDOWS windows. Beyond that the one that was hit longest ago is forgotten, so a
    flood of addresses costs a bounded amount of memory and can lock nobody out.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - declared as an instance variable by the library

    def __init__(
        self, uri: str | None = None, *, clock: Clock, wrap_exceptions: bool = False
    ) -> None:
        super().__init__(uri, wrap_exceptions)
        self._clock = clock
        self._windows: OrderedDict[str, _Window] = OrderedDict()
        self._lock = threading.RLock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Record a hit of cost `amount` unless that exceeds `limit` within `expiry` seconds."""
        with self._lock:
            window = self._current(key, expiry)
            if window.total + amount > limit:
                return False
            window.hits.append((self._clock.monotonic(), amount))
            window.total += amount
            self._windows[key] = window
            self._windows.move_to_end(key)
            if len(self._windows) > MAX_WINDOWS:
                self._windows.popitem(last=False)
            return True

    def get_moving_window(
        self,
        key: str,
        limit: int,  # noqa: ARG002 - the library's signature
        expiry: int,
    ) -> tuple[float, int]:
        """Return (time of the oldest hit, sum of the costs)."""
        with self._lock:
            window = self._current(key, expiry)
            oldest = window.hits[0][0] if window.hits else self._clock.monotonic()
            return oldest, window.total

    def seconds_until_free(self, key: str, limit: int, expiry: int, amount: int) -> float:
        """Return how long until a hit of cost `amount` fits, if nobody else hits; 0 if now."""
        with self._lock:
            window = self._current(key, expiry)
            now = free_at = self._clock.monotonic()
            excess = window.total + amount - limit
            for time, cost in window.hits:
                if excess <= 0:
                    break
                excess -= cost
                free_at = time + expiry
            return free_at - now

    def take_back(self, key: str, amount: int) -> None:
        """Undo the latest hit of cost `amount`, if it has not expired."""
        with self._lock:
            window = self._windows.get(key)
            if window and window.hits and window.hits[-1][1] == amount:
                window.hits.pop()
                window.total -= amount

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def reset(self) -> int:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def check(self) -> bool:
        return True

    # Counters belong to other strategies.

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise ValueError(f"{SCHEME}:// has no counters", key, expiry, amount)

    def get(self, key: str) -> int:
        raise ValueError(f"{SCHEME}:// has no counters", key)

    def get_expiry(self, key: str) -> float:
        raise ValueError(f"{SCHEME}:// has no counters", key)

    def _current(self, key: str, expiry: int) -> _Window:
        """Return the window without its expired hits; a new one is not stored yet."""
        window = self._windows.get(key) or _Window()
        window.forget_before(self._clock.monotonic() - expiry)
        return window
