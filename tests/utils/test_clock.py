"""The machine's clocks."""

from datetime import UTC

from utils.clock import SystemClock


def test_monotonic_never_goes_back() -> None:
    clock = SystemClock()
    times = [clock.monotonic() for _ in range(100)]
    assert times == sorted(times)


def test_now_knows_its_zone() -> None:
    assert SystemClock().now().tzinfo is UTC
