"""A bounded pool of threads for CPU work: decoding and preparing pictures."""

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from detection.errors import GlipError
from serving.fair_queue import FairQueue
from serving.futures import fail

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Task:
    """A step on the way to `future`; skipped once nobody waits for that."""

    step: Callable[[], None]
    future: Future[Any]


class CpuPool:
    """`workers` threads, and at most `capacity` tasks waiting for them."""

    def __init__(self, *, workers: int, capacity: int) -> None:
        self._queue: FairQueue[Task] = FairQueue(capacity)
        self._threads = [
            threading.Thread(target=self._work, name=f"pool-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, task: Task, lane: Hashable) -> None:
        """Queue a task; an error of its step becomes its future's. Raises Overloaded at once."""
        self._queue.put(task, lane)

    def submit_first(self, task: Task) -> None:
        """Queue the last step of a question that was admitted before; never refused."""
        self._queue.put_first(task)

    def close(self, timeout_s: float) -> None:
        """Finish what is queued; after `timeout_s` seconds the rest fails with Overloaded."""
        self._queue.close()
        for thread in self._threads:
            thread.join(timeout_s / len(self._threads))
        self._queue.abandon()

    def __len__(self) -> int:
        return len(self._queue)

    def _work(self) -> None:
        while self._work_once():
            pass

    def _work_once(self) -> bool:
        """Perform one task, and forget it before waiting for the next; False at the end."""
        tasks = self._queue.take()
        for task in tasks:
            _perform(task)
        return bool(tasks)


def _perform(task: Task) -> None:
    try:
        task.step()
    except GlipError as error:
        fail(task.future, error)
    except Exception as error:  # noqa: BLE001 -- a pool outlives any task
        _log.exception("a task of the pool failed")
        fail(task.future, error)
