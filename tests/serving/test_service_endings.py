"""Questions that end without an answer, and the end of the service itself."""

import gc
import threading
import weakref
from concurrent.futures import CancelledError
from typing import Any

import pytest

from detection.errors import DeadlineExceeded, ImageBroken, Overloaded
from detection.image import SourceImage
from serving.service import DetectionService
from tests.fakes import FakeClock, FakeDetector
from tests.serving.conftest import Build
from tests.serving.samples import (
    PATIENCE_S,
    Door,
    Stages,
    asker,
    form,
    is_right,
    result_of,
    settled,
)


def test_a_hanging_model_keeps_nobody_waiting(
    service: DetectionService, door: Door, clock: FakeClock
) -> None:
    running = service.submit(form("a dog"), asker())
    door.await_arrival()
    waiting = service.submit(form("a cat"), asker())
    clock.advance(31)
    assert isinstance(settled(running), DeadlineExceeded)
    assert isinstance(settled(waiting), DeadlineExceeded)
    assert service.stuck_for_s == 31
    door.open()
    assert is_right(result_of(service.submit(form("a cup"), asker())), form("a cup"))
    assert service.stuck_for_s == 0


def test_the_expired_never_reach_the_model(
    service: DetectionService, detector: FakeDetector, door: Door, clock: FakeClock
) -> None:
    service.submit(form("first"), asker())
    door.await_arrival()
    expired = service.submit(form("a cat"), asker())
    clock.advance(31)
    settled(expired)
    door.open()
    result_of(service.submit(form("last"), asker()))
    assert sum(detector.calls) == 2


def test_cancelling_drops_the_job(
    service: DetectionService, detector: FakeDetector, door: Door
) -> None:
    service.submit(form("first"), asker())
    door.await_arrival()
    gone = service.submit(form("a cat"), asker())
    assert gone.cancel()
    door.open()
    result_of(service.submit(form("last"), asker()))
    assert sum(detector.calls) == 2
    with pytest.raises(CancelledError):
        gone.result()


def test_one_waiter_s_cancel_leaves_the_others_theirs(
    service: DetectionService, detector: FakeDetector, door: Door
) -> None:
    first = service.submit(form(), asker("alice"))
    door.await_arrival()
    stages = Stages()
    second = service.submit(form(), asker("bob"), on_stage=stages)
    stages.await_count(3)
    first.cancel()
    door.open()
    assert is_right(result_of(second), form())
    assert detector.calls == [1]


def test_closing_finishes_what_was_accepted(service: DetectionService, door: Door) -> None:
    future = service.submit(form(), asker())
    door.await_arrival()
    closer = threading.Thread(target=service.close, args=(PATIENCE_S,))
    closer.start()
    door.open()
    closer.join(PATIENCE_S)
    assert is_right(result_of(future), form())


def test_closing_answers_everybody_and_refuses_the_rest(
    service: DetectionService, door: Door
) -> None:
    running = service.submit(form("a dog"), asker())
    door.await_arrival()
    waiting = service.submit(form("a cat"), asker())
    service.close(0)
    late = service.submit(form("a cup"), asker())
    for future in (running, waiting, late):
        assert isinstance(settled(future), Overloaded)
    assert not service.ready
    door.open()


class Witness(FakeDetector):
    """Remembers whether the picture it saw is still alive."""

    def prepare(self, image: SourceImage, prompt: Any) -> Any:
        self.seen = weakref.ref(image)
        if "broken" in prompt.text:
            raise ImageBroken
        return super().prepare(image, prompt)


@pytest.mark.parametrize("text", ["a dog", "broken"])
def test_no_picture_outlives_its_question(build: Build, text: str) -> None:
    service = build(witness := Witness())
    gc.disable()
    try:
        future = service.submit(form(text), asker())
        settled(future)
        settled(service.submit(form(text=""), asker()))
        service.close(PATIENCE_S)
        assert witness.seen() is None
    finally:
        gc.enable()
