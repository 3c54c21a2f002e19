"""Where one question is on its way, and how long each part took."""

import logging
from collections.abc import Callable
from enum import StrEnum, auto
from typing import TypeVar

from detection.result import Timings
from utils.clock import Clock

_log = logging.getLogger(__name__)
News = TypeVar("News")


class Stage(StrEnum):
    """A question waits twice: for a free thread of the pool, and for the model."""

    QUEUED = auto()
    PREPARING = auto()
    DETECTING = auto()
    DONE = auto()


class Progress:
    """Tells `on_stage` each stage as it begins, and adds up the time spent in each.

    `on_place` is told how many questions are ahead while this one waits for the model. Both are
    called on the threads that do the work: they must be quick, and may not fail.
    """

    def __init__(
        self,
        clock: Clock,
        on_stage: Callable[[Stage], None] | None = None,
        on_place: Callable[[int], None] | None = None,
    ) -> None:
        self._clock = clock
        self._on_stage = on_stage
        self._on_place = on_place
        self._ahead: int | None = None
        self._spent_s = dict.fromkeys(Stage, 0.0)
        self._since = clock.monotonic()
        self._stage = Stage.QUEUED
        self._tell()

    def enter(self, stage: Stage) -> None:
        """End the current stage and begin another."""
        now = self._clock.monotonic()
        self._spent_s[self._stage] += now - self._since
        self._stage, self._since = stage, now
        self._tell()

    def move(self, ahead: int) -> None:
        """Tell how many questions are ahead, if that is news."""
        if ahead == self._ahead or self._stage is not Stage.QUEUED:
            return
        self._ahead = ahead
        self._call(self._on_place, ahead)

    def timings(self) -> Timings:
        """Return the time of the stages that have ended."""
        spent_ms = {stage: seconds * 1000 for stage, seconds in self._spent_s.items()}
        return Timings(
            queue_ms=spent_ms[Stage.QUEUED],
            prepare_ms=spent_ms[Stage.PREPARING],
            model_ms=spent_ms[Stage.DETECTING],
            total_ms=sum(spent_ms.values()),
        )

    def _tell(self) -> None:
        self._call(self._on_stage, self._stage)

    @staticmethod
    def _call(told: Callable[[News], None] | None, news: News) -> None:
        if told is None:
            return
        try:
            told(news)
        except Exception:  # noqa: BLE001 -- somebody's progress bar must not cost them the answer
            _log.exception("a progress callback failed")
