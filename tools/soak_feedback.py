"""Rate while the application and a real Elasticsearch are killed; count what is lost or doubled.

    python -m tools.soak_feedback --ratings 2000 --kills 10 \
        --elasticsearch ../shared/elasticsearch/start

Prints one closing line. Status 0: nothing was lost or doubled. 1: something was. 3: there is no
server to soak, or no Java for it.
"""

import argparse
import math
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from feedback.archive import FeedbackFilter
from feedback.copies import build_copies
from feedback.elastic import ElasticAddress
from feedback.outbox import Outbox
from feedback.record import Feedback
from feedback.sqlite_archive import SqliteArchive
from monitoring.metrics import Metrics
from tools.local_servers import KEY, AppServer, ElasticServer, LocalServer, why_no_elastic
from tools.soak_people import Opinion, Person, make_people
from utils.clock import SystemClock

OK, SPOILED, NO_SERVER = 0, 1, 3
PLENTY = "1000000/minute"
DRAINED_WITHIN_S = 1800.0


@dataclass(frozen=True)
class Verdict:
    """What a soak found."""

    acknowledged: int
    lost: int
    doubled: int
    unequal: int
    kills: int
    waits_s: Sequence[float]
    repeats: int
    drain_rate: float  # ratings a second

    @property
    def is_sound(self) -> bool:
        return not (self.lost or self.doubled or self.unequal)

    def __str__(self) -> str:
        return (
            f"soak: {self.acknowledged} acknowledged, {self.lost} lost, {self.doubled} doubled, "
            f"{self.unequal} bodies unequal; application and Elasticsearch killed {self.kills} "
            f"times each, {self.repeats} repeats; acknowledged p50 {self._wait_ms(0.5):.0f} ms, "
            f"p99 {self._wait_ms(0.99):.0f} ms; drained {self.drain_rate:.0f}/s"
        )

    def _wait_ms(self, share: float) -> float:
        """Return the time within which this share of the answers came."""
        ordered = sorted(self.waits_s)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1e3


def main() -> int:
    options = parse_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(SPOILED))  # the servers end with the soak
    if why := why_no_elastic(options.elasticsearch):
        print(f"soak: no real Elasticsearch, nothing was tested: {why}")
        return NO_SERVER
    elastic = ElasticServer(script=options.elasticsearch)
    app = AppServer(settings=settings_for(elastic.address))
    try:
        verdict = soak(app, elastic, options)
    finally:
        app.close()
        elastic.close()
    print(verdict)
    return OK if verdict.is_sound else SPOILED


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--ratings", type=int, default=2_000)
    parser.add_argument(
        "--kills", type=int, default=10, help="of the application, and of Elasticsearch"
    )
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument(
        "--elasticsearch",
        type=Path,
        default=Path("../shared/elasticsearch/start"),
        help="script that starts a single node",
    )
    return parser.parse_args()


def settings_for(address: ElasticAddress) -> dict[str, str]:
    """Settings under which nobody is slowed down."""
    limits = ("REQUEST", "FEEDBACK", "FEEDBACK_ADDRESS", "FLOOD_ADDRESS")
    return {f"GLIP_LIMIT_{name}": PLENTY for name in limits} | {
        "GLIP_MODEL": "tools.instant_detector:InstantDetector",
        "GLIP_ELASTICSEARCH_URL": address.url,
        "GLIP_ELASTICSEARCH_API_KEY": KEY,
        "GLIP_LOG_LEVEL": "warning",
    }


def soak(app: AppServer, elastic: ElasticServer, options: argparse.Namespace) -> Verdict:
    """Let everybody rate and the servers die; then count."""
    people = make_people(app.database, count=options.clients, ratings=options.ratings)
    for server in (elastic, app):
        server.start()
        server.wait()
    stop = threading.Event()
    killer = Killer(people, options.ratings, [app, elastic] * options.kills)
    with ThreadPoolExecutor(options.clients + 1) as threads:
        rating = [
            threads.submit(person.rate_all, app.url, stop, killer.must_wait) for person in people
        ]
        killing = threads.submit(killer.kill_all, stop)
        try:
            for future in rating:
                future.result()
            killing.result()
        finally:
            stop.set()
    wait_until_drained(app.database)
    app.kill()
    return judge(app.database, elastic.address, people, options.kills)


class Killer:
    """Kills the servers at random moments, told by how far the people are."""

    def __init__(self, people: Sequence[Person], ratings: int, victims: list[LocalServer]) -> None:
        random.shuffle(victims)
        self._people = people
        self._moments = sorted(random.sample(range(ratings), len(victims)))
        self._victims = victims
        self._last = ratings - 1
        self._held_at: float = 0

    def must_wait(self) -> bool:
        """Whether people are about to pass a death whose victim is not up yet.

        They go on before it dies, so that it dies while they write.
        """
        return self._done() >= self._held_at

    def kill_all(self, stop: threading.Event) -> None:
        """Kill each as often as it stands in the list; each is up again before its next death."""
        try:
            self._kill_all(stop)
        except RuntimeError:  # it does not come back: nobody should wait for it
            stop.set()
            raise

    def _kill_all(self, stop: threading.Event) -> None:
        for moment, victim in zip(self._moments, self._victims, strict=True):
            if stop.is_set():
                return
            self._held_at = moment
            victim.wait()
            self._held_at = math.inf
            in_the_middle = max(moment, self._done() + random.randint(3, 15))
            while self._done() < min(in_the_middle, self._last):
                if stop.wait(0.005):
                    return
            victim.kill()
            victim.start()
        self._held_at = math.inf
        for victim in self._victims:
            victim.wait()

    def _done(self) -> int:
        return sum(len(person.acknowledged) for person in self._people)


def wait_until_drained(database: Path) -> None:
    """Return when nothing waits any more. Raises RuntimeError if that takes too long."""
    outbox = Outbox(database, clock=SystemClock())
    deadline = time.monotonic() + DRAINED_WITHIN_S
    while outbox.backlog().count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{outbox.backlog().count} ratings still wait")
        time.sleep(0.25)
    outbox.close()


def judge(database: Path, address: ElasticAddress, people: Sequence[Person], kills: int) -> Verdict:
    """Compare what was acknowledged with what Elasticsearch has, and measure an empty one."""
    copies = build_copies(address, database, metrics=Metrics(), clock=SystemClock())
    with address.connect() as client:
        patient = client.options(request_timeout=60)
        patient.indices.refresh(index=address.index)
        arrived = list(copies.archive.scan(FeedbackFilter()))
        said = {key: opinion for person in people for key, opinion in person.acknowledged.items()}
        kept = kept_in_sqlite(database)
        copied = {feedback.result_id: feedback for feedback in arrived}
        patient.indices.delete(index=f"{address.index}-v1")
    outbox = Outbox(database, clock=SystemClock())
    count = outbox.resend()
    started = time.monotonic()
    copies.relay.start()
    while outbox.backlog().count:
        time.sleep(0.25)  # counting costs what is measured
    drain_s = time.monotonic() - started
    copies.relay.close()
    outbox.close()
    return Verdict(
        acknowledged=len(said),
        lost=len(said.keys() - copied.keys()),
        doubled=len(arrived) - len(copied) + len(copied.keys() - said.keys()),
        unequal=sum(
            not is_equal(opinion, copied[key], kept.get(key))
            for key, opinion in said.items()
            if key in copied
        ),
        kills=kills,
        waits_s=[wait_s for person in people for wait_s in person.waits_s],
        repeats=sum(person.repeats for person in people),
        drain_rate=count / drain_s,
    )


def kept_in_sqlite(database: Path) -> dict[str, Feedback]:
    """Return the ratings by what they are about."""
    archive = SqliteArchive(database)
    kept = {feedback.result_id: feedback for feedback in archive.scan(FeedbackFilter())}
    archive.close()
    return kept


def is_equal(said: Opinion, copied: Feedback, kept: Feedback | None) -> bool:
    """Say whether the copy is what was kept, and both are what was said, once."""
    says = (copied.rating, copied.comment, copied.edit)
    return copied == kept and says == (said.rating, said.comment, 1)


if __name__ == "__main__":
    sys.exit(main())
