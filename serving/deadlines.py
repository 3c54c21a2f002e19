"""Nobody waits longer than promised, whatever hangs."""

import threading
from concurrent.futures import Future
from typing import Any

from detection.errors import DeadlineExceeded
from serving.futures import fail
from utils.clock import Clock

TICK_S = 0.25


class Deadlines:
    """Fails each watched future with DeadlineExceeded `deadline_s` seconds after `watch`.

    A thread of its own looks every quarter second, so a hanging model delays nobody's answer.
    """

    def __init__(self, deadline_s: float, *, clock: Clock) -> None:
        self._deadline_s = deadline_s
        self._clock = clock
        self._due: dict[Future[Any], float] = {}  # in the order of their deadlines
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._tick, name="deadlines", daemon=True).start()

    def watch(self, future: Future[Any]) -> None:
        with self._lock:
            self._due[future] = self._clock.monotonic() + self._deadline_s
        future.add_done_callback(self._forget)

    def expire(self) -> None:
        """Fail what is overdue now."""
        now = self._clock.monotonic()
        with self._lock:
            overdue = [future for future, due in self._due.items() if due <= now]
        for future in overdue:
            fail(future, DeadlineExceeded())

    def pending(self) -> list[Future[Any]]:
        """Return the watched futures that have no answer yet."""
        with self._lock:
            return list(self._due)

    def close(self) -> None:
        self._closed.set()

    def _forget(self, future: Future[Any]) -> None:
        with self._lock:
            self._due.pop(future, None)

    def _tick(self) -> None:
        while not self._closed.wait(TICK_S):
            self.expire()
