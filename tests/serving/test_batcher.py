from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from detection.errors import Overloaded
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from monitoring.metrics import Metrics
from serving.batcher import Batcher, Job, WrongAnswers
from serving.limits import ServingLimits
from tests.fakes import FakeClock, FakeDetector, FakePrepared, boxes_of, image_bytes
from tests.serving.samples import Door, fails_on, settled

IMAGE = SourceImage.from_bytes(image_bytes())
Build = Callable[..., Batcher]


@pytest.fixture
def build(clock: FakeClock, metrics: Metrics) -> Iterator[Build]:
    batchers = []

    def build(detector: FakeDetector, **sizes: Any) -> Batcher:
        batcher = Batcher(
            detector,
            limits=ServingLimits(**{"max_wait_ms": 0.0} | sizes),
            metrics=metrics,
            clock=clock,
            drop_expired=lambda: None,
        )
        batchers.append(batcher)
        return batcher

    yield build
    for batcher in batchers:
        batcher.close(0)


def submit(batcher: Batcher, text: str, lane: str = "a") -> Future[Detections]:
    job = Job(FakePrepared(IMAGE, Prompt.parse(text)), Future(), lambda: None)
    batcher.submit(job, lane)
    return job.future


def expected(text: str) -> Detections:
    return boxes_of(IMAGE, Prompt.parse(text))


def held_back(detector: FakeDetector, build: Build, **sizes: Any) -> tuple[Batcher, Door]:
    """Return a batcher whose model is busy with a first job until the door opens."""
    door = Door()
    usual = detector.before_batch

    def before_batch(jobs: Any) -> None:
        door(jobs)
        if usual is not None:
            usual(jobs)

    detector.before_batch = before_batch
    batcher = build(detector, **sizes)
    submit(batcher, "first")
    door.await_arrival()
    return batcher, door


def test_what_waits_together_is_asked_together(detector: FakeDetector, build: Build) -> None:
    batcher, door = held_back(detector, build, max_batch=3)
    texts = ["a dog", "a cat", "a cup", "a box"]
    futures = [submit(batcher, text) for text in texts]
    door.open()
    assert [settled(future) for future in futures] == [expected(text) for text in texts]
    assert detector.calls == [1, 3, 1]


def test_a_bad_job_harms_only_itself(build: Build) -> None:
    error = ValueError("bad job")
    detector = FakeDetector(before_batch=fails_on("bad", error))
    batcher, door = held_back(detector, build)
    good, bad, fine = (submit(batcher, text) for text in ("a dog", "bad", "a cat"))
    door.open()
    assert settled(good) == expected("a dog")
    assert settled(bad) is error
    assert settled(fine) == expected("a cat")
    assert detector.calls == [1, 3, 1, 1, 1]


def test_the_thread_outlives_a_failure(build: Build) -> None:
    batcher = build(FakeDetector(before_batch=fails_on("bad", ValueError())))
    assert isinstance(settled(submit(batcher, "bad")), ValueError)
    assert settled(submit(batcher, "a dog")) == expected("a dog")


class OutOfMemoryError(RuntimeError):
    """Called as torch calls its own."""


@pytest.mark.parametrize("error", [MemoryError(), OutOfMemoryError()])
def test_short_memory_halves_the_batch(build: Build, error: Exception) -> None:
    def too_many(jobs: Any) -> None:
        if len(jobs) > 2:
            raise error

    detector = FakeDetector(before_batch=too_many)
    batcher, door = held_back(detector, build)
    texts = [f"thing{number}" for number in range(8)]
    futures = [submit(batcher, text) for text in texts]
    door.open()
    assert [settled(future) for future in futures] == [expected(text) for text in texts]
    assert detector.calls == [1, 8, 4, 2, 2, 4, 2, 2]


def test_short_memory_for_one_job_is_overload(build: Build) -> None:
    batcher = build(FakeDetector(before_batch=fails_on("huge", MemoryError())))
    assert isinstance(settled(submit(batcher, "huge")), Overloaded)


class MixedUp(FakeDetector):
    """Gives everybody an answer to some other question."""

    def detect_batch(self, jobs: Any) -> list[Detections]:
        super().detect_batch(jobs)
        return [boxes_of(IMAGE, Prompt.parse("a . b . c")) for _ in jobs]


class Forgetful(FakeDetector):
    """Leaves the last job out."""

    def detect_batch(self, jobs: Any) -> list[Detections]:
        return super().detect_batch(jobs)[:-1]


@pytest.mark.parametrize("detector", [MixedUp(), Forgetful()], ids=["mixed up", "forgetful"])
def test_answers_that_do_not_fit_reach_nobody(detector: FakeDetector, build: Build) -> None:
    assert isinstance(settled(submit(build(detector), "a dog")), WrongAnswers)


def test_what_nobody_waits_for_never_reaches_the_model(
    detector: FakeDetector, build: Build
) -> None:
    batcher, door = held_back(detector, build)
    gone = [submit(batcher, "a dog") for _ in range(3)]
    last = submit(batcher, "a cat")
    for future in gone:
        future.cancel()
    door.open()
    assert settled(last) == expected("a cat")
    assert detector.calls == [1, 1]


def test_the_expired_are_dropped_before_the_model(
    detector: FakeDetector, metrics: Metrics, clock: FakeClock
) -> None:
    future: Future[Detections] = Future()
    batcher = Batcher(
        detector,
        limits=ServingLimits(max_wait_ms=0),
        metrics=metrics,
        clock=clock,
        drop_expired=lambda: future.set_exception(TimeoutError()) if not future.done() else None,
    )
    batcher.submit(Job(FakePrepared(IMAGE, Prompt.parse("x")), future, lambda: None), "a")
    assert isinstance(settled(future), TimeoutError)
    batcher.close(10)
    assert detector.calls == []


def test_a_full_queue_refuses_at_once(detector: FakeDetector, build: Build) -> None:
    batcher, door = held_back(detector, build, model_queue=2)
    for _ in range(2):
        submit(batcher, "a dog")
    with pytest.raises(Overloaded):
        submit(batcher, "a dog")
    door.open()


def test_a_flood_delays_another_asker_by_one_batch(detector: FakeDetector, build: Build) -> None:
    order: list[str] = []
    batcher, door = held_back(detector, build, max_batch=1)
    for _ in range(20):
        flood = submit(batcher, "flood", lane="mallory")
        flood.add_done_callback(lambda _done: order.append("mallory"))
    guest = submit(batcher, "a dog", lane="alice")
    guest.add_done_callback(lambda _done: order.append("alice"))
    door.open()
    settled(flood)
    assert order.index("alice") <= 1


def test_a_hanging_model_is_seen(detector: FakeDetector, build: Build, clock: FakeClock) -> None:
    batcher, door = held_back(detector, build)
    clock.advance(42)
    assert batcher.stuck_for_s == 42
    last = submit(batcher, "a dog")
    door.open()
    settled(last)
    batcher.close(10)
    assert batcher.stuck_for_s == 0


def test_closing_finishes_what_is_queued(detector: FakeDetector, build: Build) -> None:
    batcher, door = held_back(detector, build)
    future = submit(batcher, "a dog")
    door.open()
    batcher.close(10)
    assert settled(future) == expected("a dog")


def test_closing_answers_what_a_hanging_model_leaves(detector: FakeDetector, build: Build) -> None:
    batcher, door = held_back(detector, build)
    future = submit(batcher, "a dog")
    batcher.close(0)
    assert isinstance(settled(future), Overloaded)
    door.open()


def test_batches_are_measured(detector: FakeDetector, build: Build, metrics: Metrics) -> None:
    batcher = build(detector)
    settled(submit(batcher, "a dog"))
    batcher.close(10)
    value = metrics.registry.get_sample_value
    assert value("glip_batch_size_count") == 1
    assert value("glip_inference_duration_seconds_count") == 1
