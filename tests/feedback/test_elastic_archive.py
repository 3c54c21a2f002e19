from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from detection.errors import ArchiveUnavailable
from feedback.archive import FeedbackFilter
from feedback.elastic import ElasticAddress
from feedback.elastic_archive import ElasticArchive
from feedback.elastic_index import FeedbackIndex
from feedback.outbox import Outbox
from feedback.record import Feedback
from feedback.sqlite import SqliteFeedbackStore
from tests.elastic import new_name
from tests.fakes import FakeClock
from tests.feedback.archive_contract import ArchiveContract, Shelf, rating_of
from tools.local_servers import free_port

pytestmark = pytest.mark.elasticsearch
ALL = FeedbackFilter()


@dataclass
class Shelves:
    """An index of its own, and how ratings get into it."""

    client: Elasticsearch
    index: FeedbackIndex
    outbox: Outbox
    store: SqliteFeedbackStore
    alias: str

    def put(self, feedback: Feedback) -> None:
        self.store.record(feedback)
        self.deliver()

    def deliver(self) -> None:
        self.outbox.settle([reply.letter for reply in self.index.send(self.outbox.take(5_000))])
        self.client.indices.refresh(index=self.alias)


@pytest.fixture
def shelves(
    elastic: ElasticAddress, path: Path, store: SqliteFeedbackStore, clock: FakeClock
) -> Iterator[Shelves]:
    """An index a test: one that is emptied remembers what was removed, and refuses equal ids."""
    alias = new_name()
    client = elastic.connect().options(request_timeout=30)
    index = FeedbackIndex(client, alias)
    index.prepare()
    outbox = Outbox(path, clock=clock)
    yield Shelves(client, index, outbox, store, alias)
    outbox.close()
    client.indices.delete(index=f"{alias}-v1")
    client.indices.delete_index_template(name=alias)
    index.close()


@pytest.fixture
def archive(shelves: Shelves) -> ElasticArchive:
    return ElasticArchive(shelves.client, shelves.alias, outbox=shelves.outbox)


class TestContract(ArchiveContract):
    """The archive over the index the relay writes."""

    @pytest.fixture
    def shelf(self, shelves: Shelves, archive: ElasticArchive) -> Shelf:
        return Shelf(archive, shelves.put)


def test_what_is_on_its_way_is_counted(shelves: Shelves, archive: ElasticArchive) -> None:
    shelves.store.record(rating_of(1))
    assert (archive.pending(), archive.search(ALL).total) == (1, 0)
    shelves.deliver()
    assert (archive.pending(), archive.search(ALL).total) == (0, 1)


def test_what_was_taken_back_is_not_found(shelves: Shelves, archive: ElasticArchive) -> None:
    shelves.put(feedback := rating_of(1))
    shelves.store.remove(feedback.session_id, feedback.result_id)
    shelves.deliver()
    assert archive.search(ALL).total == 0
    assert archive.find(feedback.id) is None


def test_pages_beyond_the_window_are_reached(shelves: Shelves) -> None:
    archive = ElasticArchive(shelves.client, shelves.alias, outbox=shelves.outbox, window=4)
    for number in range(11):
        shelves.store.record(rating_of(number))
    shelves.deliver()
    pages = [archive.search(ALL, page=page, size=3).items for page in range(1, 6)]
    numbers = [[int(item.result_id, 16) for item in page] for page in pages]
    assert numbers == [[10, 9, 8], [7, 6, 5], [4, 3, 2], [1, 0], []]


def test_a_scan_reads_piece_by_piece_and_closes_its_point(
    shelves: Shelves, archive: ElasticArchive
) -> None:
    shelves.store._database.connection.execute("PRAGMA synchronous = OFF")
    for number in range(1_001):
        shelves.store.record(rating_of(number))
    shelves.deliver()
    scanned = [int(feedback.result_id, 16) for feedback in archive.scan(ALL)]
    assert scanned == list(range(1_001))
    scan = archive.scan(ALL)
    next(scan)
    scan.close()  # type: ignore[attr-defined] # a generator
    stats = shelves.client.indices.stats(index=shelves.alias, metric="search")
    assert stats["_all"]["primaries"]["search"]["open_contexts"] == 0


def test_a_server_that_is_gone_is_one_of_our_errors(path: Path, clock: FakeClock) -> None:
    outbox = Outbox(path, clock=clock)
    client = ElasticAddress(url=f"http://127.0.0.1:{free_port()}").connect()
    archive = ElasticArchive(client, "any", outbox=outbox)
    with pytest.raises(ArchiveUnavailable):
        archive.search(ALL)
    with pytest.raises(ArchiveUnavailable):
        next(archive.scan(ALL))
    assert archive.pending() == 0
    client.close()
    outbox.close()
