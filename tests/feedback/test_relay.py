"""The relay by itself: a destination that does as it is told."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from feedback.elastic import StoreTrouble, Trouble
from feedback.elastic_bulk import Fate, Reply
from feedback.outbox import Letter, Outbox
from feedback.relay import BEHIND_S, Pauses, Relay
from feedback.relayed_store import RelayedStore
from feedback.sqlite import SqliteFeedbackStore
from monitoring.metrics import Metrics
from tests.fakes import FakeClock
from tests.feedback.samples import some_feedback
from tests.waiting import wait_until

SHORT = Pauses(first_s=0.01, longest_s=0.02)
UNREACHABLE = StoreTrouble(Trouble.UNREACHABLE, "nobody listens")


@dataclass
class FakeDestination:
    """Takes every letter, but where `fates` or `failures` say otherwise."""

    fates: dict[str, Fate] = field(default_factory=dict)
    prepare_failures: list[Exception] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    arrived: list[Letter] = field(default_factory=list)
    closed: bool = False

    def prepare(self) -> None:
        self.calls.append("prepare")
        if self.prepare_failures:
            raise self.prepare_failures.pop(0)

    def send(self, letters: Sequence[Letter]) -> Iterator[Reply]:
        self.calls.append("send")
        for letter in letters:
            fate = self.fates.get(letter.id, Fate.SENT)
            if fate is Fate.SENT:
                self.arrived.append(letter)
            yield Reply(letter, fate, "so it goes")
            if self.failures:
                raise self.failures.pop(0)

    def close(self) -> None:
        self.closed = True


@dataclass
class Post:
    """A store, and the relay behind it."""

    store: RelayedStore
    relay: Relay
    outbox: Outbox
    destination: FakeDestination
    metrics: Metrics

    def count(self, outcome: str) -> float:
        value = self.metrics.registry.get_sample_value(
            "glip_feedback_relay_total", {"outcome": outcome}
        )
        assert value is not None
        return value

    def wait_until_empty(self) -> None:
        wait_until(lambda: self.relay.pending().count == 0)


@pytest.fixture
def post(path: Path, store: SqliteFeedbackStore, clock: FakeClock) -> Iterator[Post]:
    destination, outbox, metrics = FakeDestination(), Outbox(path, clock=clock), Metrics()
    relay = Relay(outbox, destination, metrics=metrics, pauses=SHORT)
    yield Post(RelayedStore(store, relay), relay, outbox, destination, metrics)
    relay.close()


def test_what_is_rated_is_copied_at_once(post: Post) -> None:
    post.relay.start()
    wait_until(lambda: "prepare" in post.destination.calls)
    stored = post.store.record(some_feedback())
    post.wait_until_empty()
    assert [letter.feedback for letter in post.destination.arrived] == [stored]
    assert post.count("sent") == 1


def test_what_was_rated_before_the_start_is_copied_too(post: Post) -> None:
    post.store.record(some_feedback())
    post.store.record(some_feedback(result_id="1" * 32))
    post.relay.start()
    post.wait_until_empty()
    assert len(post.destination.arrived) == 2


@pytest.mark.parametrize(
    "take_back",
    [
        lambda store: store.remove("a" * 32, "0" * 32),
        lambda store: store.forget_session("a" * 32),
    ],
    ids=["one", "a session"],
)
def test_what_is_taken_back_is_removed(
    post: Post, take_back: Callable[[RelayedStore], object]
) -> None:
    post.relay.start()
    rating = post.store.record(some_feedback())
    post.wait_until_empty()
    assert take_back(post.store) == 1
    post.wait_until_empty()
    assert post.destination.arrived[-1] == Letter(id=rating.id, edit=2, feedback=None)
    assert post.store.of_session("a" * 32) == []


def test_a_poison_letter_goes_to_the_dead_and_the_others_go_on(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    poison = post.store.record(some_feedback())
    post.store.record(some_feedback(result_id="1" * 32))
    post.destination.fates[poison.id] = Fate.DEAD
    post.relay.start()
    post.wait_until_empty()
    assert [dead.id for dead in post.outbox.dead_letters()] == [poison.id]
    assert len(post.destination.arrived) == 1
    assert post.count("dead") == 1
    assert post.metrics.registry.get_sample_value("glip_feedback_dead_letters") == 1
    assert f"dead-letters show {poison.id}" in caplog.text
    assert "so it goes" not in caplog.text


def test_a_letter_that_must_wait_is_sent_again(post: Post) -> None:
    waiting = post.store.record(some_feedback())
    post.destination.fates[waiting.id] = Fate.WAITS
    post.relay.start()
    wait_until(lambda: post.count("waits") >= 3)
    assert post.relay.is_behind()
    post.destination.fates.clear()
    post.wait_until_empty()
    wait_until(lambda: not post.relay.is_behind())


def test_what_arrived_before_a_failure_is_not_sent_again(post: Post) -> None:
    for number in range(3):
        post.store.record(some_feedback(result_id=f"{number:032}"))
    post.destination.failures = [UNREACHABLE]
    post.relay.start()
    post.wait_until_empty()
    assert len(post.destination.arrived) == len({x.id for x in post.destination.arrived}) == 3


def test_trouble_is_told_once_and_so_is_its_end(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    post.destination.prepare_failures = [UNREACHABLE] * 5
    post.store.record(some_feedback())
    post.relay.start()
    post.wait_until_empty()
    wait_until(lambda: not post.relay.is_behind())
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "1 ratings wait for Elasticsearch: unreachable: nobody listens",
        "Elasticsearch takes ratings again",
    ]
    assert post.count("failed") == 5


def test_a_conflict_is_reported_and_blocks_nothing(post: Post) -> None:
    post.destination.prepare_failures = [StoreTrouble(Trouble.CONFLICT, "another mapping")] * 99
    post.store.record(some_feedback())
    post.relay.start()
    post.wait_until_empty()
    wait_until(post.relay.is_behind)
    assert len(post.destination.arrived) == 1


def test_the_index_is_looked_after_anew_when_the_server_comes_back(post: Post) -> None:
    post.relay.start()
    wait_until(lambda: post.destination.calls)
    post.destination.failures = [UNREACHABLE]
    post.store.record(some_feedback())
    wait_until(lambda: post.destination.calls.count("prepare") == 2)
    post.wait_until_empty()
    assert len(post.destination.arrived) == 1


def test_a_relay_that_dies_is_up_again_within_a_second(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.destination.failures = [RuntimeError("a mistake of ours")]
    post.store.record(some_feedback())
    post.store.record(some_feedback(result_id="1" * 32))
    post.relay.start()
    wait_until(lambda: post.count("crashed") == 1)
    assert wait_until(lambda: post.relay.pending().count == 0) < 1.0
    assert "a mistake of ours" in caplog.text


def test_a_disk_that_refuses_the_note_only_delays(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.store.record(some_feedback())
    connection = post.outbox._database.connection
    connection.execute("PRAGMA query_only = ON")
    post.relay.start()
    wait_until(lambda: "not_saved" in caplog.text)
    assert post.relay.pending().count == 1
    connection.execute("PRAGMA query_only = OFF")
    post.wait_until_empty()
    assert len({letter.id for letter in post.destination.arrived}) == 1


def test_old_ratings_that_wait_are_being_behind(post: Post, clock: FakeClock) -> None:
    post.store.record(some_feedback(at=clock.now()))
    behind = []
    for seconds in (BEHIND_S, 1):
        clock.advance(seconds)
        behind.append(post.relay.is_behind())
    assert behind == [False, True]
    assert post.metrics.registry.get_sample_value("glip_feedback_backlog") == 1
    age_s = post.metrics.registry.get_sample_value("glip_feedback_backlog_age_seconds")
    assert age_s == BEHIND_S + 1


def test_two_relays_on_one_file_break_nothing(post: Post, path: Path, clock: FakeClock) -> None:
    other = Relay(Outbox(path, clock=clock), post.destination, metrics=Metrics(), pauses=SHORT)
    for number in range(50):
        post.store.record(some_feedback(result_id=f"{number:032}"))
    post.relay.start()
    other.start()
    post.wait_until_empty()
    other.close()
    assert len({letter.id for letter in post.destination.arrived}) == 50


def test_closing_does_not_wait_for_a_pause(path: Path, clock: FakeClock) -> None:
    destination = FakeDestination(prepare_failures=[UNREACHABLE] * 99)
    patient = Pauses(first_s=60, longest_s=60)
    relay = Relay(Outbox(path, clock=clock), destination, metrics=Metrics(), pauses=patient)
    relay.start()
    wait_until(lambda: destination.calls)
    closing = threading.Thread(target=relay.close)
    closing.start()
    closing.join(5)
    assert not closing.is_alive()
    assert destination.closed


@pytest.mark.parametrize(
    ("failures", "least_s", "most_s"), [(1, 0.25, 0.5), (3, 1.0, 2.0), (50, 7.5, 15.0)]
)
def test_pauses_grow_up_to_a_limit(failures: int, least_s: float, most_s: float) -> None:
    pauses = {Pauses().after(failures) for _ in range(50)}
    assert all(least_s <= pause_s <= most_s for pause_s in pauses)
    assert len(pauses) > 1
