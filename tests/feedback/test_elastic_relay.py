"""The relay against a real Elasticsearch that is slow, read-only, killed, or somebody else's."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from feedback.elastic import ElasticAddress, StoreTrouble, Trouble
from feedback.elastic_bulk import Fate
from feedback.elastic_fields import feedback_of, mapping
from feedback.elastic_index import FeedbackIndex
from feedback.outbox import Letter, Outbox
from feedback.record import Feedback
from feedback.relay import Pauses, Relay
from feedback.relayed_store import RelayedStore
from feedback.sqlite import SqliteFeedbackStore
from monitoring.metrics import Metrics
from tests.elastic import Proxy, new_name
from tests.feedback.samples import some_feedback
from tests.waiting import wait_until
from tools.local_servers import PASSWORD, USER, ElasticServer
from utils.clock import SystemClock

pytestmark = pytest.mark.elasticsearch
ROOT = Path(__file__).parents[2]
SHORT = Pauses(first_s=0.05, longest_s=0.5)


@dataclass
class Line:
    """A store, its relay, and the index at the other end."""

    path: Path
    address: ElasticAddress
    store: RelayedStore
    relay: Relay
    outbox: Outbox
    client: Elasticsearch

    def rate(self, number: int, **changes: Any) -> Feedback:
        return self.store.record(some_feedback(result_id=f"{number:032x}", **changes))

    def start(self) -> None:
        self.relay.start()

    def wait_until_empty(self) -> None:
        wait_until(lambda: self.relay.pending().count == 0, within_s=90)

    def arrived(self) -> list[Feedback]:
        """What is in the index, by result."""
        self.client.indices.refresh(index=self.address.index)
        hits = self.client.search(index=self.address.index, size=10_000)["hits"]["hits"]
        found = [feedback_of(hit["_source"]) for hit in hits]
        return sorted(found, key=lambda feedback: feedback.result_id)


def line_to(address: ElasticAddress, path: Path) -> Iterator[Line]:
    clock = SystemClock()
    store = SqliteFeedbackStore(path, clock=clock)
    outbox = Outbox(path, clock=clock)
    index = FeedbackIndex(address.connect(), address.index)
    relay = Relay(outbox, index, metrics=Metrics(), pauses=SHORT)
    with address.connect() as client:
        patient = client.options(request_timeout=30)
        yield Line(path, address, RelayedStore(store, relay), relay, outbox, patient)
        relay.close()
        store.close()


@pytest.fixture
def line(elastic: ElasticAddress, path: Path) -> Iterator[Line]:
    """A line of our own to a server that is up."""
    yield from line_to(replace(elastic, index=new_name()), path)


@pytest.fixture
def killable(elastic_server: ElasticServer, path: Path) -> Iterator[Line]:
    """Likewise, to a server that may be ended."""
    yield from line_to(replace(elastic_server.address, index=new_name()), path)


def test_ratings_edits_and_removals_arrive(line: Line) -> None:
    line.start()
    kept, edited, removed = (line.rate(number) for number in range(3))
    line.wait_until_empty()
    assert line.arrived() == [kept, edited, removed]
    edited = line.rate(1, rating=1, comment="改变主意")
    line.store.remove(removed.session_id, removed.result_id)
    line.wait_until_empty()
    assert line.arrived() == [kept, edited]
    again = line.rate(2, rating=2)
    wait_until(lambda: line.relay.pending().count == 0)
    assert line.arrived() == [kept, edited, again]


def test_letters_out_of_order_leave_the_latest(line: Line) -> None:
    index = FeedbackIndex(line.client, line.address.index)
    index.prepare()
    first, third = some_feedback(), some_feedback(edit=3, comment="third")
    letters = [
        Letter(id=third.id, edit=3, feedback=third),
        Letter(id=first.id, edit=1, feedback=first),
        Letter(id=third.id, edit=2, feedback=None),
    ]
    fates = [reply.fate for letter in letters for reply in index.send([letter])]
    assert fates == [Fate.SENT] * 3
    assert line.arrived() == [third]


def test_a_copy_later_than_its_removal_does_not_come_back(line: Line) -> None:
    index = FeedbackIndex(line.client, line.address.index)
    index.prepare()
    late = some_feedback()
    (removed,) = index.send([Letter(id=late.id, edit=2, feedback=None)])
    (refused,) = index.send([Letter(id=late.id, edit=1, feedback=late)])
    assert (removed.fate, refused.fate) == (Fate.SENT, Fate.WAITS)
    assert line.arrived() == []


def test_preparing_again_changes_nothing_and_mends_a_lost_alias(line: Line) -> None:
    name = line.address.index
    index = FeedbackIndex(line.client, name)
    index.prepare()
    before = line.client.indices.get_mapping(index=name).body
    line.client.indices.delete_alias(index=f"{name}-v1", name=name)
    index.prepare()
    assert line.client.indices.get_mapping(index=name).body == before
    made = before[f"{name}-v1"]["mappings"]
    assert made["dynamic"] == "strict"
    assert set(made["properties"]) == set(mapping()["properties"])


def test_an_index_made_by_hand_is_as_strict(line: Line) -> None:
    FeedbackIndex(line.client, line.address.index).prepare()
    other = f"{line.address.index}-v99"
    line.client.indices.create(index=other)
    made = line.client.indices.get_mapping(index=other)[other]["mappings"]
    assert made["dynamic"] == "strict"


def test_a_lost_answer_stores_once(line: Line, path: Path) -> None:
    FeedbackIndex(line.client, line.address.index).prepare()
    proxy = Proxy(int(line.address.url.rsplit(":", 1)[1]))
    rating = line.rate(1)
    proxy.loses_answers = True
    index = FeedbackIndex(replace(line.address, url=proxy.url).connect(), line.address.index)
    outbox = Outbox(path, clock=SystemClock())
    with pytest.raises(StoreTrouble, match="unreachable"):
        list(index.send(outbox.take(10)))
    assert proxy.lost.is_set()
    proxy.loses_answers = False
    wait_until(lambda: line.arrived() == [rating])
    relay = Relay(outbox, index, metrics=Metrics(), pauses=SHORT)
    relay.start()
    line.wait_until_empty()
    relay.close()
    proxy.close()
    assert line.arrived() == [rating]


@pytest.mark.parametrize("block", ["read_only_allow_delete", "write"])
def test_a_read_only_index_delays_and_loses_nothing(line: Line, block: str) -> None:
    line.start()
    ratings = [line.rate(1)]
    line.wait_until_empty()
    line.client.indices.put_settings(index=line.address.index, settings={f"blocks.{block}": True})
    ratings += [line.rate(number) for number in range(2, 5)]
    wait_until(line.relay.is_behind)
    assert line.relay.pending().count == 3
    line.client.indices.put_settings(index=line.address.index, settings={f"blocks.{block}": None})
    line.wait_until_empty()
    assert line.arrived() == ratings
    wait_until(lambda: not line.relay.is_behind())


def test_a_poison_rating_is_set_aside_and_the_others_arrive(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    good = [line.rate(1), line.rate(3)]
    poison = line.rate(2, user="安全" * 20_000)
    line.start()
    line.wait_until_empty()
    assert line.arrived() == good
    (dead,) = line.outbox.dead_letters()
    assert dead.id == poison.id
    assert "immense term" in dead.reason
    assert "安全" not in caplog.text


def test_another_s_index_is_reported_and_not_touched(line: Line) -> None:
    line.client.indices.create(index=line.address.index)
    line.rate(1)
    line.start()
    wait_until(line.relay.is_behind)
    wait_until(lambda: line.relay._trouble is Trouble.CONFLICT)
    assert line.relay.pending().count == 1
    line.client.indices.delete(index=line.address.index)
    line.wait_until_empty()
    assert len(line.arrived()) == 1


def test_another_mapping_sets_aside_what_does_not_fit_and_can_be_mended(line: Line) -> None:
    name = line.address.index
    line.client.indices.create(
        index=f"{name}-v0",
        mappings={"dynamic": "strict", "properties": {"comments": {"type": "integer"}}},
        aliases={name: {"is_write_index": True}},
    )
    rating = line.rate(1, comment="no number")
    line.start()
    line.wait_until_empty()
    assert [dead.id for dead in line.outbox.dead_letters()] == [rating.id]
    wait_until(line.relay.is_behind)
    line.client.indices.delete(index=f"{name}-v0")
    assert line.outbox.retry() == 1
    line.relay.wake()
    line.wait_until_empty()
    assert line.arrived() == [rating]


def test_a_lost_index_is_filled_anew(line: Line) -> None:
    line.start()
    ratings = [line.rate(1), line.rate(2)]
    line.wait_until_empty()
    line.client.indices.delete(index=f"{line.address.index}-v1")
    assert line.outbox.resend() == 2
    line.relay.wake()
    line.wait_until_empty()
    assert line.arrived() == ratings


def test_nobody_who_rates_waits_for_a_server_that_hangs(
    killable: Line, elastic_server: ElasticServer
) -> None:
    killable.start()
    killable.rate(0)
    killable.wait_until_empty()
    with elastic_server.paused():
        started = time.monotonic()
        for number in range(1, 21):
            killable.rate(number)
        assert time.monotonic() - started < 10  # one request to the server would wait that long
        wait_until(killable.relay.is_behind)
    killable.wait_until_empty()
    assert len(killable.arrived()) == 21


def test_kill_9_of_the_server_loses_and_doubles_nothing(
    killable: Line, elastic_server: ElasticServer
) -> None:
    killable.start()
    ratings: list[Feedback] = []
    enough = threading.Event()

    def rate() -> None:
        while not enough.is_set():
            ratings.append(killable.rate(len(ratings)))

    person = threading.Thread(target=rate)
    person.start()
    try:
        wait_until(lambda: len(ratings) > 50)
        elastic_server.kill()
        wait_until(lambda: len(ratings) > 100)
    finally:
        enough.set()
        person.join()
        elastic_server.start()
        elastic_server.wait()
    killable.wait_until_empty()
    assert killable.arrived() == ratings


RATER = """
import os, sys
from pathlib import Path
from feedback.copies import build_copies
from feedback.elastic import ElasticAddress
from feedback.relayed_store import RelayedStore
from feedback.sqlite import SqliteFeedbackStore
from monitoring.metrics import Metrics
from tests.feedback.samples import some_feedback
from utils.clock import SystemClock
path, url, index, first = Path(sys.argv[1]), *sys.argv[2:]
address = ElasticAddress(url=url, index=index, api_key=os.environ["KEY"])
copies = build_copies(address, path, metrics=Metrics(), clock=SystemClock())
copies.relay.start()
store = RelayedStore(SqliteFeedbackStore(path, clock=SystemClock()), copies.relay)
for number in range(int(first), 100_000):
    result_id = f"{number:032x}"
    store.record(some_feedback(result_id=result_id))
    print(result_id, flush=True)
"""


def test_kill_9_of_the_process_loses_and_doubles_nothing(line: Line) -> None:
    acknowledged: list[str] = []
    for life in range(3):
        first = str(life * 1_000)
        command = [sys.executable, "-c", RATER, str(line.path), line.address.url]
        command += [line.address.index, first]
        env = os.environ | {"KEY": line.address.api_key}
        with subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            acknowledged += [next(child.stdout).strip() for _ in range(30)]
            child.kill()
            acknowledged += child.stdout.read().splitlines()
    line.start()
    line.wait_until_empty()
    arrived = [feedback.result_id for feedback in line.arrived()]
    kept = [feedback.result_id for feedback in line.store.of_session("a" * 32)]
    assert arrived == sorted(kept)
    assert set(acknowledged) <= set(arrived)
    assert len(arrived) <= len(acknowledged) + 3  # one a life may have been cut short of its word


def test_wrong_credentials_are_reported_and_lose_nothing(
    elastic_server: ElasticServer, path: Path
) -> None:
    address = replace(elastic_server.address, index=new_name(), api_key="wrong")
    for line in line_to(address, path):
        line.rate(1)
        line.start()
        wait_until(lambda line=line: line.relay._trouble is Trouble.REFUSED)  # type: ignore[misc] # a constant
        assert line.relay.pending().count == 1


def test_a_user_and_a_password_are_let_in(elastic_server: ElasticServer, path: Path) -> None:
    address = replace(elastic_server.address, index=new_name(), api_key="")
    signed_in = replace(address, user=USER, password=PASSWORD)
    with pytest.raises(StoreTrouble, match="refused"):
        address.probe()
    assert signed_in.probe() >= "8"
    for line in line_to(signed_in, path):
        rating = line.rate(1)
        line.start()
        line.wait_until_empty()
        assert line.arrived() == [rating]


def test_a_server_that_comes_up_late_gets_everything(
    killable: Line, elastic_server: ElasticServer
) -> None:
    elastic_server.kill()
    try:
        killable.start()
        ratings = [killable.rate(number) for number in range(20)]
        wait_until(killable.relay.is_behind)
        assert killable.relay.pending().count == 20
    finally:
        elastic_server.start()
        elastic_server.wait()
    killable.wait_until_empty()
    assert killable.arrived() == ratings
