"""Elasticsearch: where it is, how to sign in, and what can be wrong with it."""

import logging
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, TransportError

# What the relay's thread, or an admin who searches, waits at most; no rating ever waits.
ANSWER_S = 5.0
WRITE_S = 10.0


class Trouble(StrEnum):
    """Why nothing can be written at the moment."""

    UNREACHABLE = "unreachable"  # no answer, or not in time
    REFUSED = "refused"  # the credentials, or what they permit
    BUSY = "busy"  # read-only, full, overloaded
    CONFLICT = "conflict"  # an index or template of that name is not as it should be
    NOT_SAVED = "not_saved"  # our own disk refuses to note what was sent


class StoreTrouble(Exception):
    """Elasticsearch did not do what it was asked. Nothing is lost: SQLite has everything."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(f"{trouble.value}: {detail}")
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True)
class ElasticAddress:
    """Where Elasticsearch is and how to sign in: with a key, a user and a password, or not."""

    url: str
    index: str = "glip_feedback"
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None

    def connect(self) -> Elasticsearch:
        """Return a client that never retries by itself. Raises ValueError for an unusable URL."""
        # Each request would be a line; the relay says, once, what is wrong.
        logging.getLogger("elastic_transport").setLevel(logging.ERROR)
        return Elasticsearch(
            self.url,
            api_key=self.api_key or None,
            basic_auth=(self.user, self.password) if self.user else None,
            ca_certs=str(self.ca_file) if self.ca_file else DEFAULT,
            request_timeout=ANSWER_S,
            max_retries=0,
        )

    def probe(self) -> str:
        """Return the server's version. Raises StoreTrouble, or ValueError for an unusable URL."""
        client = self.connect()
        try:
            return str(client.info()["version"]["number"])
        except (ApiError, TransportError) as error:
            raise trouble_of(error) from error
        finally:
            client.close()


def trouble_of(error: ApiError | TransportError) -> StoreTrouble:
    """Name what is wrong with the whole store."""
    if not isinstance(error, ApiError):
        return StoreTrouble(Trouble.UNREACHABLE, str(error))
    if error.status_code in {401, 403}:
        return StoreTrouble(Trouble.REFUSED, str(error))
    if error.status_code in {400, 404, 409}:
        return StoreTrouble(Trouble.CONFLICT, str(error))
    return StoreTrouble(Trouble.BUSY, str(error))
