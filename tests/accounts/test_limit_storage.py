import pytest

from accounts.limit_storage import MAX_WINDOWS, ClockedStorage
from tests.fakes import FakeClock


@pytest.fixture
def storage() -> ClockedStorage:
    return ClockedStorage(clock=FakeClock())


def test_a_hit_that_does_not_fit_is_not_recorded(storage: ClockedStorage) -> None:
    assert storage.acquire_entry("key", 10, 60, amount=8)
    assert not storage.acquire_entry("key", 10, 60, amount=3)
    assert storage.acquire_entry("key", 10, 60, amount=2)


def test_a_window_reports_its_oldest_hit_and_its_sum(storage: ClockedStorage) -> None:
    assert storage.get_moving_window("key", 10, 60) == (1_000.0, 0)
    storage.acquire_entry("key", 10, 60, amount=8)
    assert storage.get_moving_window("key", 10, 60) == (1_000.0, 8)


def test_a_hit_is_taken_back_once(storage: ClockedStorage) -> None:
    storage.acquire_entry("key", 10, 60, amount=8)
    storage.take_back("key", 8)
    storage.take_back("key", 8)
    storage.take_back("unknown", 8)
    assert storage.get_moving_window("key", 10, 60)[1] == 0


def test_memory_is_bounded_and_the_longest_silent_is_forgotten(storage: ClockedStorage) -> None:
    for number in range(MAX_WINDOWS + 1):
        storage.acquire_entry(str(number), 1, 60)
    assert storage.acquire_entry("0", 1, 60)
    assert not storage.acquire_entry(str(MAX_WINDOWS), 1, 60)
    assert storage.reset() == MAX_WINDOWS


def test_clear_forgets_one_window(storage: ClockedStorage) -> None:
    storage.acquire_entry("key", 1, 60)
    storage.clear("key")
    assert storage.acquire_entry("key", 1, 60)
    assert storage.check()


def test_counters_of_other_strategies_are_refused(storage: ClockedStorage) -> None:
    with pytest.raises(ValueError, match="no counters"):
        storage.incr("key", 60)
    with pytest.raises(ValueError, match="no counters"):
        storage.get("key")
    with pytest.raises(ValueError, match="no counters"):
        storage.get_expiry("key")
