"""Time, handed in so that tests can turn it."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Two times: one that never jumps, for durations, and one for people."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; only differences mean something."""
        ...

    def now(self) -> datetime:
        """Wall time in UTC, aware."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)
