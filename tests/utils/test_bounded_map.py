from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeClock
from utils.bounded_map import BoundedMap


def some_map(clock: FakeClock | None = None, max_weight: int = 10) -> BoundedMap[str, str]:
    return BoundedMap(max_weight=max_weight, ttl_s=60, clock=clock or FakeClock())


def test_the_least_recently_used_goes_first() -> None:
    entries = some_map(max_weight=2)
    entries.put("a", "1")
    entries.put("b", "2")
    entries.get("a")
    entries.put("c", "3")
    assert [entries.get(key) for key in "abc"] == ["1", None, "3"]


def test_an_entry_expires() -> None:
    clock = FakeClock()
    entries = some_map(clock)
    entries.put("a", "1")
    clock.advance(59)
    assert entries.get("a") == "1"
    clock.advance(1)
    assert entries.get("a") is None
    assert entries.weight == 0


def test_what_is_too_heavy_is_not_kept_and_nothing_is_lost_for_it() -> None:
    entries = some_map()
    entries.put("a", "1")
    entries.put("b", "2", weight=11)
    assert (entries.get("a"), entries.get("b")) == ("1", None)


def test_replacing_a_value_replaces_its_weight() -> None:
    entries = some_map()
    entries.put("a", "1", weight=9)
    entries.put("a", "2", weight=3)
    assert (entries.get("a"), entries.weight, len(entries)) == ("2", 3, 1)


@settings(deadline=None)  # other work may share the machine
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 15), st.integers(0, 40))))
def test_the_weight_never_exceeds_the_bound_and_is_the_sum(
    puts: list[tuple[str, int, int]],
) -> None:
    clock = FakeClock()
    entries = some_map(clock)
    weights = {}
    for key, weight, pause_s in puts:
        clock.advance(pause_s)
        entries.put(key, key, weight)
        weights[key] = weight
        assert entries.weight <= 10
    entries_left = [key for key in weights if key in entries._entries]
    assert entries.weight == sum(weights[key] for key in entries_left)


def test_entries_are_removed_by_key_and_value() -> None:
    entries = some_map()
    for key, value in (("a", "1"), ("b", "2"), ("c", "2")):
        entries.put(key, value)
    assert entries.remove_where(lambda key, value: key == "b" and value == "2") == 1
    assert [entries.get(key) for key in "abc"] == ["1", None, "2"]
    assert entries.weight == 2
