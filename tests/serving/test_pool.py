import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest

from detection.errors import ImageBroken, Overloaded
from serving.pool import CpuPool, Task
from tests.serving.samples import PATIENCE_S, settled


@pytest.fixture
def pool() -> Iterator[CpuPool]:
    pool = CpuPool(workers=1, capacity=2)
    yield pool
    pool.close(0)


def submit(pool: CpuPool, step: Callable[[], None], lane: str = "a") -> Future[Any]:
    future: Future[Any] = Future()
    pool.submit(Task(step, future), lane)
    return future


def occupy(pool: CpuPool) -> threading.Event:
    """Keep the only worker busy until the event is set."""
    begun, release = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert release.wait(PATIENCE_S)

    submit(pool, hold)
    assert begun.wait(PATIENCE_S)
    return release


def nothing() -> None:
    """A step without effect."""


def raise_(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("error", [ImageBroken(), ZeroDivisionError()])
def test_an_error_is_the_future_s_and_the_worker_lives_on(pool: CpuPool, error: Exception) -> None:
    assert settled(submit(pool, partial(raise_, error))) is error
    done = threading.Event()
    submit(pool, done.set)
    assert done.wait(PATIENCE_S)


def test_a_full_pool_refuses_at_once(pool: CpuPool) -> None:
    release = occupy(pool)
    submit(pool, nothing)
    submit(pool, nothing)
    with pytest.raises(Overloaded):
        submit(pool, nothing)
    release.set()


def test_what_nobody_waits_for_is_skipped(pool: CpuPool) -> None:
    release = occupy(pool)
    touched, after = threading.Event(), threading.Event()
    submit(pool, touched.set).cancel()
    submit(pool, after.set)
    release.set()
    assert after.wait(PATIENCE_S)
    assert not touched.is_set()


def test_last_steps_go_before_what_waits(pool: CpuPool) -> None:
    release = occupy(pool)
    order: list[str] = []
    after = threading.Event()
    submit(pool, partial(order.append, "waiting"))
    submit(pool, after.set)
    pool.submit_first(Task(partial(order.append, "last step"), Future()))
    release.set()
    assert after.wait(PATIENCE_S)
    assert order == ["last step", "waiting"]


def test_closing_finishes_what_is_queued() -> None:
    pool = CpuPool(workers=2, capacity=2)
    done = threading.Event()
    submit(pool, done.set)
    pool.close(PATIENCE_S)
    assert done.is_set()


def test_closing_does_not_wait_for_ever() -> None:
    pool = CpuPool(workers=1, capacity=2)
    release = occupy(pool)
    waiting = submit(pool, nothing)
    pool.close(0)
    assert isinstance(settled(waiting), Overloaded)
    release.set()
