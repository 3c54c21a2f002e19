from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from detection.errors import DeadlineExceeded
from serving.deadlines import Deadlines
from tests.fakes import FakeClock
from tests.serving.samples import settled


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def deadlines(clock: FakeClock) -> Iterator[Deadlines]:
    deadlines = Deadlines(30, clock=clock)
    yield deadlines
    deadlines.close()


def watched(deadlines: Deadlines) -> Future[int]:
    future: Future[int] = Future()
    deadlines.watch(future)
    return future


def test_only_the_overdue_fail(deadlines: Deadlines, clock: FakeClock) -> None:
    early = watched(deadlines)
    clock.advance(20)
    late = watched(deadlines)
    clock.advance(10)
    deadlines.expire()
    assert isinstance(settled(early), DeadlineExceeded)
    assert deadlines.pending() == [late]


def test_nobody_has_to_ask(deadlines: Deadlines, clock: FakeClock) -> None:
    future = watched(deadlines)
    clock.advance(30)
    assert isinstance(settled(future), DeadlineExceeded)


def test_an_answer_in_time_stays(deadlines: Deadlines, clock: FakeClock) -> None:
    future = watched(deadlines)
    future.set_result(7)
    clock.advance(60)
    deadlines.expire()
    assert future.result() == 7
    assert deadlines.pending() == []
