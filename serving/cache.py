"""Answers kept, and equal questions in flight asked once.

An answer holds nothing of its asker: the threshold, the user and the session are in no key.
"""

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum, auto
from functools import partial

from detection.result import Detections
from serving.futures import relay
from utils.bounded_map import BoundedMap
from utils.clock import Clock

ENTRY_BYTES = 1024  # what an entry costs besides its arrays and its prompt, generously


@dataclass(frozen=True)
class CacheKey:
    """What an answer depends on, and nothing else."""

    model_id: str
    revision: str  # of the weights
    image_digest: str
    prompt: str  # as received: spans belong to it

    @property
    def nbytes(self) -> int:
        return ENTRY_BYTES + 4 * len(self.prompt)


class Found(StrEnum):
    """How a question met the cache."""

    HIT = auto()  # answered before
    JOINED = auto()  # somebody is asking the same right now
    MISS = auto()  # ours to answer


@dataclass(frozen=True)
class Seat:
    """One asker's place. Cancelling `answer` gives it up.

    With MISS, the holder must see to it that `source` is answered; all seats are answered from it.
    """

    found: Found
    answer: Future[Detections]
    source: Future[Detections]


@dataclass(eq=False)
class _Flight:
    """A question on its way, with the seats of all who wait for it."""

    source: Future[Detections] = field(default_factory=Future)
    seats: set[Future[Detections]] = field(default_factory=set)


class DetectionCache:
    """Bounded by bytes, expiring, single flight. Safe to use from several threads.

    A flight that fails wakes everybody in it and is not kept. When the last one leaves a flight,
    its source is cancelled.
    """

    def __init__(self, *, max_bytes: int, ttl_s: float, clock: Clock) -> None:
        self._kept: BoundedMap[CacheKey, Detections] = BoundedMap(
            max_weight=max_bytes, ttl_s=ttl_s, clock=clock
        )
        self._flights: dict[CacheKey, _Flight] = {}
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """What the kept answers weigh, in bytes."""
        with self._lock:
            return self._kept.weight

    def join(self, key: CacheKey, on_miss: Callable[[], None]) -> Seat:
        """Take a seat. `on_miss` is called before a new flight opens; if it raises, none does."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                return _answered(kept)
            flight = self._flights.get(key)
            found = Found.MISS if flight is None else Found.JOINED
            if flight is None:
                on_miss()
                flight = self._flights[key] = _Flight()
            seat = Seat(found, Future(), flight.source)
            flight.seats.add(seat.answer)
        seat.answer.add_done_callback(partial(self._leave, key, flight))
        if found is Found.MISS:
            flight.source.add_done_callback(partial(self._land, key, flight))
        return seat

    def forget_images(self, digests: Collection[str]) -> int:
        """Drop the kept answers about these pictures; return how many."""
        with self._lock:
            return self._kept.remove_where(lambda key, _answer: key.image_digest in digests)

    def _land(self, key: CacheKey, flight: _Flight, source: Future[Detections]) -> None:
        """Keep the answer and hand it to every seat."""
        with self._lock:
            self._close(key, flight)
            seats = tuple(flight.seats)
            if not source.cancelled() and source.exception() is None:
                detections = source.result()
                self._kept.put(key, detections, key.nbytes + detections.nbytes)
        for seat in seats:
            relay(source, seat)

    def _leave(self, key: CacheKey, flight: _Flight, seat: Future[Detections]) -> None:
        """Give up one seat; the last one to leave calls the flight off."""
        with self._lock:
            flight.seats.discard(seat)
            is_last = not flight.seats
            if is_last:
                self._close(key, flight)
        if is_last:
            flight.source.cancel()

    def _close(self, key: CacheKey, flight: _Flight) -> None:
        """Let nobody else in; the key may be another flight's by now."""
        if self._flights.get(key) is flight:
            del self._flights[key]


def _answered(detections: Detections) -> Seat:
    done: Future[Detections] = Future()
    done.set_result(detections)
    return Seat(Found.HIT, done, done)
