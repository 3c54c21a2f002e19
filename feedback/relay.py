"""The relay: copies ratings from SQLite to Elasticsearch, on a thread nobody waits for."""

import logging
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from detection.errors import NotSaved
from feedback.elastic import StoreTrouble, Trouble
from feedback.elastic_bulk import Fate, Reply
from feedback.outbox import Backlog, Letter, Outbox
from monitoring.metrics import Metrics

MOST_LETTERS = 500
IDLE_S = 5.0  # another process, or the command line, may have put something into the outbox
RESTART_S = 0.5
CLOSE_S = 2.0
BEHIND_S = 60.0

_log = logging.getLogger(__name__)


class Destination(Protocol):
    """Where the copies go."""

    def prepare(self) -> None:
        """See that copies can arrive. Raises StoreTrouble."""
        ...

    def send(self, letters: Sequence[Letter]) -> Iterator[Reply]:
        """Yield what became of each letter. Raises StoreTrouble."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """How long to wait after a failure: twice as long each time, and never quite the same."""

    first_s: float = 0.5
    longest_s: float = 15.0

    def after(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row."""
        pause_s = min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 30))
        return pause_s * random.uniform(0.5, 1.0)


class Relay:
    """Empties `outbox` into `destination` from `start` to `close`. Thread-safe."""

    def __init__(
        self,
        outbox: Outbox,
        destination: Destination,
        *,
        metrics: Metrics,
        pauses: Pauses | None = None,
    ) -> None:
        self._outbox = outbox
        self._destination = destination
        self._metrics = metrics
        self._pauses = pauses or Pauses()
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._trouble: Trouble | None = None
        self._is_prepared = False
        self._thread = threading.Thread(target=self._supervise, name="relay", daemon=True)
        metrics.feedback_backlog.set_function(lambda: self.pending().count)
        metrics.feedback_backlog_age.set_function(lambda: self.pending().oldest_age_s)
        metrics.feedback_dead_letters.set_function(outbox.count_dead)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something new to copy; returns at once."""
        self._woken.set()

    def pending(self) -> Backlog:
        """What was acknowledged and is not in Elasticsearch yet."""
        return self._outbox.backlog()

    def is_behind(self) -> bool:
        """Whether ratings wait longer than they should."""
        return self._trouble is not None or self.pending().oldest_age_s > BEHIND_S

    def close(self) -> None:
        """Stop; what was not copied waits for the next start."""
        self._closing.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)  # a request on its way ends by itself, later
        self._destination.close()
        self._outbox.close()

    def _supervise(self) -> None:
        """Whatever is raised in the relay, it goes on."""
        while not self._closing.is_set():
            try:
                self._relay()
            except Exception as error:  # noqa: BLE001 - it is logged, and nothing may end the relay
                if not self._closing.is_set():
                    self._restart_after(error)

    def _restart_after(self, error: Exception) -> None:
        self._metrics.feedback_relay.labels(outcome="crashed").inc()
        _log.error("the relay failed and starts again", exc_info=error)
        self._closing.wait(RESTART_S)

    def _relay(self) -> None:
        failures = 0
        while not self._closing.is_set():
            self._woken.clear()
            try:
                is_more = self._deliver()
            except (StoreTrouble, NotSaved) as error:
                failures += 1
                self._report(error)
                self._closing.wait(self._pauses.after(failures))
                continue
            failures = 0
            if not is_more:
                self._woken.wait(IDLE_S)

    def _deliver(self) -> bool:
        """Send what has waited longest; say whether more may wait. Raises what stops it."""
        trouble = self._prepare()
        letters = self._outbox.take(MOST_LETTERS)
        try:
            self._send(letters)
        except StoreTrouble as error:
            raise trouble or error from error
        if trouble:
            self._report(trouble)
        else:
            self._recover()
        return len(letters) == MOST_LETTERS

    def _prepare(self) -> StoreTrouble | None:
        """Return what is wrong with the index: what fits into it may still arrive."""
        if self._is_prepared:
            return None
        try:
            self._destination.prepare()
        except StoreTrouble as error:
            if error.trouble is Trouble.UNREACHABLE:
                raise
            return error
        self._is_prepared = True
        return None

    def _send(self, letters: Sequence[Letter]) -> None:
        """Send, and note what became of each letter, even where a later request fails."""
        if not letters:
            return
        replies: list[Reply] = []
        try:
            replies.extend(self._destination.send(letters))
        finally:
            self._note(replies)
        if waiting := [reply.reason for reply in replies if reply.fate is Fate.WAITS]:
            raise StoreTrouble(Trouble.BUSY, waiting[0])

    def _note(self, replies: Sequence[Reply]) -> None:
        dead = [(reply.letter, reply.reason) for reply in replies if reply.fate is Fate.DEAD]
        self._outbox.settle(reply.letter for reply in replies if reply.fate is Fate.SENT)
        self._outbox.bury(dead)
        for letter, _reason in dead:  # the reason may hold what somebody wrote
            _log.error("refused for good: `cli.py feedback dead-letters show %s`", letter.id)
        for reply in replies:
            self._metrics.feedback_relay.labels(outcome=reply.fate.value).inc()

    def _report(self, error: StoreTrouble | NotSaved) -> None:
        """Say once what is wrong, however often it is tried."""
        trouble = error.trouble if isinstance(error, StoreTrouble) else Trouble.NOT_SAVED
        self._metrics.feedback_relay.labels(outcome="failed").inc()
        self._is_prepared = False
        if trouble is not self._trouble:
            _log.warning("%d ratings wait for Elasticsearch: %s", self.pending().count, error)
        self._trouble = trouble

    def _recover(self) -> None:
        if self._trouble:
            _log.info("Elasticsearch takes ratings again")
        self._trouble = None
