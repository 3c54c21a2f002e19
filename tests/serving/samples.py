"""Askers, questions and gates to test with."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from accounts.asker import Asker
from accounts.user import Role, User
from detection.errors import NotSaved
from detection.image import SourceImage
from detection.query import DetectionForm
from detection.result import DetectionResult, Detections
from serving.progress import Stage
from tests.fakes import FakePrepared, boxes_of, image_bytes

PATIENCE_S = 30.0  # only a broken test waits so long


def asker(name: str = "alice", role: Role = Role.GUEST) -> Asker:
    """Return somebody with a session and an address of their own."""
    return Asker(
        user=User(name, role),
        session_id=name.encode().hex().ljust(32, "0")[:32],
        address=f"address-of-{name}",
        has_cookie=True,
        language="en",
    )


def form(text: str = "a dog", shade: int = 200, **changes: Any) -> DetectionForm:
    """Return a question about a picture of one colour."""
    return DetectionForm(
        **{"image_bytes": image_bytes(colour=(shade, 30, 30)), "text": text} | changes
    )


@dataclass
class KeptResults:
    """Keeps results in memory; the disk may be full."""

    saved: dict[str, tuple[DetectionResult, Asker]] = field(default_factory=dict)
    is_full: bool = False

    def save(self, result: DetectionResult, asker: Asker) -> None:
        if self.is_full:
            raise NotSaved
        self.saved[result.id] = (result, asker)


class Door:
    """A `before_batch` that holds the model's thread until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Semaphore(0)
        self._open = threading.Event()

    def __call__(self, _jobs: Sequence[Any]) -> None:
        self.reached.release()
        assert self._open.wait(PATIENCE_S)

    def await_arrival(self) -> None:
        """Wait until the model has begun a batch."""
        assert self.reached.acquire(timeout=PATIENCE_S)

    def open(self) -> None:
        """Let this and every later batch through."""
        self._open.set()


class Stages:
    """An `on_stage` that can be waited for."""

    def __init__(self) -> None:
        self.told: list[Stage] = []
        self._changed = threading.Condition()

    def __call__(self, stage: Stage) -> None:
        with self._changed:
            self.told.append(stage)
            self._changed.notify_all()

    def await_count(self, count: int) -> None:
        """Wait until so many stages have begun: the third is the wait for the model."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.told) >= count, PATIENCE_S)


def fails_on(word: str, error: Exception) -> Any:
    """Return a `before_batch` that raises when a prompt of the batch holds the word."""

    def check(jobs: Sequence[FakePrepared]) -> None:
        if any(word in job.prompt.text for job in jobs):
            raise error

    return check


def settled(future: Future[Any]) -> DetectionResult | Detections | BaseException:
    """Return what the future was answered with, be it an exception."""
    error = future.exception(PATIENCE_S)
    return future.result() if error is None else error


def result_of(future: Future[DetectionResult]) -> DetectionResult:
    return future.result(PATIENCE_S)


def is_right(result: DetectionResult, asked: DetectionForm) -> bool:
    """Whether the result answers exactly this question."""
    assert asked.image_bytes is not None
    image = SourceImage.from_bytes(asked.image_bytes)
    return (
        result.prompt.text == asked.text
        and result.image_digest == image.digest
        and result.detections == boxes_of(image, result.prompt)
    )
