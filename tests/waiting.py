"""Waiting for what another thread or process does: a condition, and a deadline."""

import threading
import time
from collections.abc import Callable

LOOK_EVERY_S = 0.02


def wait_until(condition: Callable[[], object], *, within_s: float = 30.0) -> float:
    """Return when `condition` holds, with the seconds it took. Raises AssertionError if never."""
    started = time.monotonic()
    pause = threading.Event()
    while not condition():
        waited_s = time.monotonic() - started
        assert waited_s < within_s, f"not within {within_s:g} s"
        pause.wait(LOOK_EVERY_S)
    return time.monotonic() - started
