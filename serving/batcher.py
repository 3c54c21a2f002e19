"""One thread a detector: gathers jobs into batches and answers every one, whatever fails."""

import logging
import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from detection.detector import Detector, Prepared
from detection.result import Detections
from monitoring.metrics import Metrics
from serving.fair_queue import FairQueue
from serving.futures import answer, fail, overloaded
from serving.limits import ServingLimits
from utils.clock import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Job:
    """One prepared question; `on_start` is called as the model turns to it.

    `on_place` learns how many jobs are ahead of it in the queue, whenever that changes.
    """

    prepared: Prepared
    future: Future[Detections]
    on_start: Callable[[], None]
    on_place: Callable[[int], None] = lambda _ahead: None


class WrongAnswers(RuntimeError):
    """A detector broke its protocol; nobody gets another's boxes."""


class Batcher:
    """Feeds `detector` on a thread of its own. `drop_expired` is called before each batch."""

    def __init__(
        self,
        detector: Detector,
        *,
        limits: ServingLimits,
        metrics: Metrics,
        clock: Clock,
        drop_expired: Callable[[], None],
    ) -> None:
        self._detector = detector
        self._limits = limits
        self._metrics = metrics
        self._clock = clock
        self._drop_expired = drop_expired
        self._busy_since: float | None = None
        self._queue: FairQueue[Job] = FairQueue(
            limits.model_queue, tell_place=lambda job, ahead: job.on_place(ahead)
        )
        self._thread = threading.Thread(
            target=self._serve, name=f"model-{detector.model_id}", daemon=True
        )
        self._thread.start()

    def submit(self, job: Job, lane: Hashable) -> None:
        """Queue a job. Raises Overloaded at once when there is no room."""
        self._queue.put(job, lane)

    @property
    def stuck_for_s(self) -> float:
        """Seconds the model has been at its current batch; 0 when it is idle."""
        busy_since = self._busy_since
        return 0.0 if busy_since is None else self._clock.monotonic() - busy_since

    def close(self, timeout_s: float) -> None:
        """Finish what is queued; after `timeout_s` seconds the rest fails with Overloaded."""
        self._queue.close()
        self._thread.join(timeout_s)
        self._queue.abandon()

    def __len__(self) -> int:
        return len(self._queue)

    def _serve(self) -> None:
        while self._serve_once():
            pass

    def _serve_once(self) -> bool:
        """Serve one batch, and forget it before waiting for the next; False at the end."""
        batch = self._queue.take(self._limits.max_batch, self._limits.max_wait_ms / 1000)
        self._drop_expired()
        jobs = _awaited(batch)
        for job in jobs:
            job.on_start()
        self._detect(jobs)
        return bool(batch)

    def _detect(self, batch: Sequence[Job]) -> None:
        jobs = _awaited(batch)
        if not jobs:
            return
        try:
            found = self._ask_the_model(jobs)
        except Exception as error:  # noqa: BLE001 -- the thread outlives any batch
            self._take_apart(jobs, error)
            return
        for job, detections in zip(jobs, found, strict=True):
            answer(job.future, detections)

    def _ask_the_model(self, jobs: Sequence[Job]) -> list[Detections]:
        self._metrics.batch_size.observe(len(jobs))
        self._busy_since = started = self._clock.monotonic()
        try:
            found = self._detector.detect_batch([job.prepared for job in jobs])
        finally:
            self._busy_since = None
            self._metrics.inference_duration.observe(self._clock.monotonic() - started)
        asked = [len(job.prepared.prompt.phrases) for job in jobs]
        if [detections.phrase_count for detections in found] != asked:
            raise WrongAnswers(f"{self._detector.model_id}: answers do not fit the questions")
        return found

    def _take_apart(self, jobs: Sequence[Job], error: Exception) -> None:
        """Ask again in smaller batches, so that a bad job harms only itself."""
        is_memory_short = _is_memory_short(error)
        if len(jobs) > 1:
            _log.warning("a batch of %d failed and is taken apart: %r", len(jobs), error)
            size = (len(jobs) + 1) // 2 if is_memory_short else 1
            for start in range(0, len(jobs), size):
                self._detect(jobs[start : start + size])
            return
        _log.error("the model failed on one job", exc_info=error)
        fail(jobs[0].future, overloaded() if is_memory_short else error)


def _awaited(jobs: Sequence[Job]) -> list[Job]:
    """Leave out what was cancelled or has expired."""
    return [job for job in jobs if not job.future.done()]


def _is_memory_short(error: Exception) -> bool:
    # By name: torch.OutOfMemoryError lives in a library this room does not import.
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
