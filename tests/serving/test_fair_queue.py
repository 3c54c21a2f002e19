import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import Overloaded
from serving.fair_queue import FairQueue
from tests.serving.samples import PATIENCE_S, settled


@dataclass(eq=False)
class Guest:
    """Somebody in the queue."""

    name: str
    future: Future[Any] = field(default_factory=Future)


def filled(capacity: int, names: str) -> tuple[FairQueue[Guest], list[Guest]]:
    """Return a queue of guests; the letter is the lane."""
    queue: FairQueue[Guest] = FairQueue(capacity)
    guests = [Guest(f"{lane}{number}") for number, lane in enumerate(names)]
    for guest in guests:
        queue.put(guest, guest.name[0])
    return queue, guests


def names(guests: list[Guest]) -> str:
    return " ".join(guest.name for guest in guests)


@pytest.mark.parametrize(
    ("arrivals", "turns"),
    [
        ("aaa", "a0 a1 a2"),
        ("aaabbc", "a0 b3 c5 a1 b4 a2"),
        ("abab", "a0 b1 a2 b3"),
    ],
)
def test_turns_go_round_by_lane(arrivals: str, turns: str) -> None:
    queue, _ = filled(10, arrivals)
    assert names(queue.take(most=10)) == turns


def test_lanes_keep_their_turn_between_batches() -> None:
    queue, _ = filled(10, "aaab")
    assert names(queue.take(most=1)) == "a0"
    assert names(queue.take(most=2)) == "b3 a1"


def test_a_full_queue_refuses_at_once() -> None:
    queue, _ = filled(2, "ab")
    with pytest.raises(Overloaded) as refusal:
        queue.put(Guest("c"), "c")
    assert 1 <= float(str(refusal.value.facts["retry_after_s"])) <= 3


def test_the_longest_lane_s_newest_gives_way() -> None:
    queue, guests = filled(4, "aaaa")
    queue.put(Guest("b4"), "b")
    assert isinstance(settled(guests[3].future), Overloaded)
    assert names(queue.take(most=10)) == "a0 b4 a1 a2"


def test_the_longest_lane_cannot_displace_others() -> None:
    queue, _ = filled(4, "aaab")
    with pytest.raises(Overloaded):
        queue.put(Guest("a9"), "a")


def test_who_has_left_holds_no_place() -> None:
    queue, guests = filled(2, "ab")
    guests[0].future.cancel()
    queue.put(Guest("c2"), "c")
    assert names(queue.take(most=10)) == "b1 c2"


def test_the_last_step_comes_first_and_is_never_refused() -> None:
    queue, _ = filled(1, "a")
    queue.put_first(Guest("z"))
    assert names(queue.take(most=2)) == "z a0"


def test_take_waits_for_an_arrival() -> None:
    queue: FairQueue[Guest] = FairQueue(1)
    taken: list[Guest] = []
    taker = threading.Thread(target=lambda: taken.extend(queue.take()))
    taker.start()
    queue.put(Guest("a"), "a")
    taker.join(PATIENCE_S)
    assert names(taken) == "a"


def test_a_closed_queue_is_emptied_and_then_ends() -> None:
    queue, _ = filled(2, "a")
    queue.close()
    assert names(queue.take()) == "a0"
    assert queue.take() == []
    with pytest.raises(Overloaded):
        queue.put(Guest("b"), "b")


def test_the_last_step_after_the_end_is_told_so() -> None:
    queue: FairQueue[Guest] = FairQueue(1)
    queue.close()
    late = Guest("z")
    queue.put_first(late)
    assert isinstance(settled(late.future), Overloaded)


def test_whoever_is_abandoned_is_told_so() -> None:
    queue, guests = filled(3, "ab")
    queue.abandon()
    assert all(isinstance(settled(guest.future), Overloaded) for guest in guests)
    assert len(queue) == 0


@settings(deadline=None)  # other work may share the machine
@given(st.text("abc", max_size=40), st.integers(1, 8))
def test_nobody_is_lost_whatever_arrives(arrivals: str, capacity: int) -> None:
    queue: FairQueue[Guest] = FairQueue(capacity)
    guests = [Guest(lane) for lane in arrivals]
    refused = 0
    for guest in guests:
        try:
            queue.put(guest, guest.name)
        except Overloaded:
            refused += 1
        assert len(queue) <= capacity
    queue.close()
    taken = queue.take(most=capacity)
    displaced = [guest for guest in guests if guest.future.done()]
    assert len(taken) + len(displaced) + refused == len(guests)
    shares = [sum(guest.name == lane for guest in taken) for lane in set(arrivals)]
    demands = [arrivals.count(lane) for lane in set(arrivals)]
    fair = min(capacity // len(shares), *demands) if len(shares) > 1 else 0
    assert all(share >= fair for share in shares)


class Places:
    """A queue's `tell_place`: the last place each guest was told."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}

    def __call__(self, guest: Guest, ahead: int) -> None:
        self.last[guest.name] = ahead


@pytest.mark.parametrize("arrivals", ["aaa", "aaabbc", "abcabc", "aabbbbbc"])
def test_the_place_told_is_the_turn_that_comes(arrivals: str) -> None:
    places = Places()
    queue: FairQueue[Guest] = FairQueue(10, tell_place=places)
    for number, lane in enumerate(arrivals):
        queue.put(Guest(f"{lane}{number}"), lane)
    told = sorted(places.last, key=places.last.__getitem__)
    assert " ".join(told) == names([queue.take()[0] for _ in arrivals])


def test_places_count_down_as_others_are_taken_and_as_they_give_up() -> None:
    places = Places()
    queue: FairQueue[Guest] = FairQueue(10, tell_place=places)
    guests = [Guest(f"a{number}") for number in range(4)]
    for guest in guests:
        queue.put(guest, "a")
    assert places.last["a3"] == 3
    queue.take()
    assert places.last["a3"] == 2
    guests[1].future.cancel()
    assert places.last["a3"] == 1
    queue.take()
    assert places.last["a3"] == 0
