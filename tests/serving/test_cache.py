from concurrent.futures import Future

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import Overloaded, TooManyRequests
from detection.result import Detections
from serving.cache import CacheKey, DetectionCache, Found
from tests.fakes import FakeClock
from tests.serving.samples import settled

MAX_BYTES = 20_000
KEY = CacheKey("fake", "1", "d" * 64, "a dog")


def boxes(count: int) -> Detections:
    return Detections.ranked(
        xyxy=np.tile([0, 0, 1, 1], (count, 1)),
        scores=np.full(count, 0.5),
        phrase_index=np.zeros(count),
        phrase_scores=np.full((count, 1), 0.5),
        phrase_count=1,
    )


def nothing() -> None:
    """A miss that costs nothing."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache(clock: FakeClock) -> DetectionCache:
    return DetectionCache(max_bytes=MAX_BYTES, ttl_s=60, clock=clock)


def test_the_first_flies_and_the_rest_join(cache: DetectionCache) -> None:
    seats = [cache.join(KEY, nothing) for _ in range(10)]
    assert [seat.found for seat in seats] == [Found.MISS] + [Found.JOINED] * 9
    seats[0].source.set_result(boxes(3))
    assert all(settled(seat.answer) == boxes(3) for seat in seats)


def test_an_answer_is_kept(cache: DetectionCache) -> None:
    cache.join(KEY, nothing).source.set_result(boxes(3))
    seat = cache.join(KEY, nothing)
    assert seat.found is Found.HIT
    assert seat.answer.result() == boxes(3)


@pytest.mark.parametrize(
    "other",
    [
        CacheKey("other", "1", "d" * 64, "a dog"),
        CacheKey("fake", "2", "d" * 64, "a dog"),
        CacheKey("fake", "1", "e" * 64, "a dog"),
        CacheKey("fake", "1", "d" * 64, "A dog"),
        CacheKey("fake", "1", "d" * 64, "a dog "),
    ],
    ids=["model", "revision", "image", "case", "spaces"],
)
def test_whatever_differs_is_another_question(cache: DetectionCache, other: CacheKey) -> None:
    cache.join(KEY, nothing).source.set_result(boxes(3))
    assert cache.join(other, nothing).found is Found.MISS


def test_an_answer_expires(cache: DetectionCache, clock: FakeClock) -> None:
    cache.join(KEY, nothing).source.set_result(boxes(3))
    clock.advance(60)
    assert cache.join(KEY, nothing).found is Found.MISS


def test_a_failing_flight_wakes_everybody_and_is_not_kept(cache: DetectionCache) -> None:
    seats = [cache.join(KEY, nothing) for _ in range(3)]
    seats[0].source.set_exception(Overloaded(retry_after_s=1))
    assert all(isinstance(settled(seat.answer), Overloaded) for seat in seats)
    assert cache.join(KEY, nothing).found is Found.MISS


def test_who_leaves_takes_nobody_along(cache: DetectionCache) -> None:
    first, second, third = (cache.join(KEY, nothing) for _ in range(3))
    first.answer.cancel()
    third.answer.cancel()
    first.source.set_result(boxes(1))
    assert settled(second.answer) == boxes(1)


def test_the_last_to_leave_calls_the_flight_off(cache: DetectionCache) -> None:
    first, second = (cache.join(KEY, nothing) for _ in range(2))
    first.answer.cancel()
    assert not first.source.cancelled()
    second.answer.cancel()
    assert first.source.cancelled()


def test_nobody_joins_a_flight_that_was_called_off(cache: DetectionCache) -> None:
    cache.join(KEY, nothing).answer.cancel()
    assert cache.join(KEY, nothing).found is Found.MISS


def test_who_asks_again_at_once_shares_a_new_flight(cache: DetectionCache) -> None:
    again: list[Found] = []
    seats = [cache.join(KEY, nothing) for _ in range(3)]
    for seat in seats:
        seat.answer.add_done_callback(lambda _done: again.append(cache.join(KEY, nothing).found))
    seats[0].source.set_exception(Overloaded(retry_after_s=1))
    assert again == [Found.MISS, Found.JOINED, Found.JOINED]


def test_who_may_not_pay_opens_no_flight(cache: DetectionCache) -> None:
    def refuse() -> None:
        raise TooManyRequests(retry_after_s=1)

    with pytest.raises(TooManyRequests):
        cache.join(KEY, refuse)
    assert cache.join(KEY, nothing).found is Found.MISS


def test_only_a_miss_is_paid_for(cache: DetectionCache) -> None:
    paid: list[str] = []
    first = cache.join(KEY, lambda: paid.append("first"))
    cache.join(KEY, lambda: paid.append("joined"))
    first.source.set_result(boxes(1))
    cache.join(KEY, lambda: paid.append("hit"))
    assert paid == ["first"]


@settings(deadline=None)  # other work may share the machine
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 800), st.integers(0, 500))))
def test_the_bytes_never_exceed_the_bound(questions: list[tuple[int, int, int]]) -> None:
    cache = DetectionCache(max_bytes=MAX_BYTES, ttl_s=60, clock=FakeClock())
    for image, count, prompt_length in questions:
        key = CacheKey("fake", "1", str(image), "x" * prompt_length)
        seat = cache.join(key, nothing)
        if seat.found is Found.MISS:
            seat.source.set_result(boxes(count))
        assert isinstance(seat.answer, Future)
        assert seat.answer.result() is not None
        assert cache.nbytes <= MAX_BYTES


def test_answers_about_a_picture_can_be_forgotten(cache: DetectionCache) -> None:
    other = CacheKey("fake", "1", "e" * 64, "a dog")
    for key in (KEY, CacheKey("fake", "1", "d" * 64, "a cat"), other):
        cache.join(key, nothing).source.set_result(boxes(1))
    assert cache.forget_images({"d" * 64}) == 2
    assert cache.forget_images({"d" * 64}) == 0
    assert cache.join(KEY, nothing).found is Found.MISS
    assert cache.join(other, nothing).found is Found.HIT
