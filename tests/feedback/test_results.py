import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.asker import Asker
from accounts.user import Role, User
from detection.errors import NotSaved, ResultNotFound
from feedback.results import ResultStore
from tests.fakes import FakeClock
from tests.feedback.samples import ALICE, BOB, some_result

HOUR_S = 3600


def fill(results: ResultStore, clock: FakeClock) -> None:
    for _ in range(50):
        results.save(some_result(at=clock.now()), ALICE)


def test_a_result_is_found_again_after_a_restart(path: Path, clock: FakeClock) -> None:
    result = some_result(at=clock.now())
    first = ResultStore(path, clock=clock)
    first.save(result, ALICE)
    first.close()
    second = ResultStore(path, clock=clock)
    assert second.load(result.id, ALICE) == result
    second.close()


@pytest.mark.parametrize(
    "asker",
    [
        BOB,
        replace(ALICE, session_id="c" * 32),
        replace(ALICE, user=User("bob", Role.ADMIN)),
    ],
    ids=["another user", "another browser", "a stolen session id"],
)
def test_nobody_else_finds_it(results: ResultStore, clock: FakeClock, asker: Asker) -> None:
    result = some_result(at=clock.now())
    results.save(result, ALICE)
    with pytest.raises(ResultNotFound):
        results.load(result.id, asker)


@pytest.mark.parametrize("result_id", ["", "0" * 32, "0" * 31, "\ud800", "' OR 1=1 --", "A" * 32])
def test_an_id_nobody_gave_is_not_found(results: ResultStore, result_id: str) -> None:
    with pytest.raises(ResultNotFound):
        results.load(result_id, ALICE)


def test_a_result_is_gone_after_a_day_even_before_the_purge(
    results: ResultStore, clock: FakeClock
) -> None:
    result = some_result(at=clock.now())
    results.save(result, ALICE)
    clock.advance(24 * HOUR_S)
    assert results.load(result.id, ALICE) == result
    clock.advance(1)
    with pytest.raises(ResultNotFound):
        results.load(result.id, ALICE)


def test_purging_deletes_the_old_and_keeps_the_new(results: ResultStore, clock: FakeClock) -> None:
    results.save(some_result(at=clock.now()), ALICE)
    clock.advance(25 * HOUR_S)
    fresh = some_result(at=clock.now())
    results.save(fresh, ALICE)  # purges on the way
    assert results.purge() == 0
    assert results.load(fresh.id, ALICE) == fresh


def test_a_full_disk_is_said_and_gets_over(results: ResultStore, clock: FakeClock) -> None:
    connection = results._database.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(NotSaved):
        fill(results, clock)
    connection.execute("PRAGMA max_page_count = 100000")
    result = some_result(at=clock.now())
    results.save(result, ALICE)
    assert results.load(result.id, ALICE) == result


def test_sixteen_threads_find_what_they_saved(results: ResultStore, clock: FakeClock) -> None:
    barrier = threading.Barrier(16)

    def save_and_load(number: int) -> bool:
        barrier.wait(timeout=10)
        mine = [some_result(at=clock.now(), model_id=f"{number}-{turn}") for turn in range(5)]
        for result in mine:
            results.save(result, ALICE)
        return all(results.load(result.id, ALICE) == result for result in mine)

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(save_and_load, range(16)))
