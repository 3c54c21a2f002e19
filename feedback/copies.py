"""Ratings copied to Elasticsearch: the parts it takes, handed to each other."""

from dataclasses import dataclass
from pathlib import Path

from feedback.elastic import ElasticAddress
from feedback.elastic_archive import ElasticArchive
from feedback.elastic_index import FeedbackIndex
from feedback.outbox import Outbox
from feedback.relay import Relay
from monitoring.metrics import Metrics
from utils.clock import Clock


@dataclass(frozen=True)
class Copies:
    """What writes the copies, and what reads them; the relay closes what they share."""

    relay: Relay
    archive: ElasticArchive


def build_copies(
    address: ElasticAddress, database_path: Path, *, metrics: Metrics, clock: Clock
) -> Copies:
    """Build them without a word to Elasticsearch. Raises ValueError for an unusable address."""
    client = address.connect()
    outbox = Outbox(database_path, clock=clock)
    return Copies(
        relay=Relay(outbox, FeedbackIndex(client, address.index), metrics=metrics),
        archive=ElasticArchive(client, address.index, outbox=outbox),
    )
