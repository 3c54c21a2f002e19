"""What is made of each answer of `_bulk`; a client that says what it is told to say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self, cast

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch

from feedback.elastic import StoreTrouble, Trouble
from feedback.elastic_bulk import MAX_BULK_BYTES, Fate, Reply, send_letters
from feedback.outbox import Letter
from tests.feedback.samples import some_feedback

FULL = {"type": "cluster_block_exception", "reason": "read-only"}
NO_INDEX = {"type": "index_not_found_exception", "reason": "no such index"}


def error_of(status: int) -> ApiError:
    node = NodeConfig("http", "es", 9200)
    headers = HttpHeaders()
    meta = ApiResponseMeta(
        status=status, http_version="1.1", headers=headers, duration=0.0, node=node
    )
    return ApiError("refused", meta, {})


@dataclass
class FakeClient:
    """Gives every item `result`; refuses a whole request that holds `poison`."""

    result: dict[str, Any] = field(default_factory=lambda: {"status": 201})
    poison: str = "never"
    failure: Exception | None = None
    versions: dict[str, int] = field(default_factory=dict)
    requests: list[list[bytes]] = field(default_factory=list)

    def options(self, **_options: object) -> Self:
        return self

    def bulk(self, *, operations: list[bytes], **_options: object) -> dict[str, Any]:
        self.requests.append(operations)
        if self.failure:
            raise self.failure
        if any(self.poison.encode() in lines for lines in operations):
            raise error_of(400)
        return {"items": [{"index": self.result} for _ in operations]}

    def mget(self, *, ids: list[str], **_options: object) -> dict[str, Any]:
        found = [(each, self.versions.get(each)) for each in ids]
        return {"docs": [{"_id": each} | ({"_version": v} if v else {}) for each, v in found]}


def letter(number: int = 0, *, edit: int = 1, **changes: Any) -> Letter:
    feedback = some_feedback(result_id=f"{number:032x}", **changes)
    return Letter(id=feedback.id, edit=edit, feedback=feedback)


REMOVAL = Letter(id="f" * 64, edit=2, feedback=None)


def replies_to(client: FakeClient, letters: Sequence[Letter]) -> list[Reply]:
    return list(send_letters(cast("Elasticsearch", client), "alias", letters))


@pytest.mark.parametrize(
    ("result", "fate"),
    [
        ({"status": 200}, Fate.SENT),
        ({"status": 201}, Fate.SENT),
        ({"status": 400, "error": {"type": "strict_dynamic_mapping_exception"}}, Fate.DEAD),
        ({"status": 403, "error": FULL}, Fate.WAITS),
        ({"status": 404, "error": NO_INDEX}, Fate.WAITS),
        ({"status": 429, "error": FULL}, Fate.WAITS),
        ({"status": 503, "error": {"type": "unavailable_shards_exception"}}, Fate.WAITS),
    ],
    ids=lambda value: str(value.get("status")) if isinstance(value, dict) else None,
)
def test_every_item_counts_by_itself(result: dict[str, Any], fate: Fate) -> None:
    (reply,) = replies_to(FakeClient(result), [letter()])
    assert reply.fate is fate


@pytest.mark.parametrize(
    ("result", "fate"),
    [
        ({"status": 200, "result": "deleted"}, Fate.SENT),
        ({"status": 404, "result": "not_found"}, Fate.SENT),
        ({"status": 409, "error": {"type": "version_conflict_engine_exception"}}, Fate.SENT),
        ({"status": 404, "error": NO_INDEX}, Fate.WAITS),
        ({"status": 429, "error": FULL}, Fate.WAITS),
    ],
    ids=["removed", "never there", "rated again since", "no index", "read-only"],
)
def test_what_is_not_there_needs_no_removal(result: dict[str, Any], fate: Fate) -> None:
    (reply,) = replies_to(FakeClient(result), [REMOVAL])
    assert reply.fate is fate


@pytest.mark.parametrize(
    ("there", "fate"), [(2, Fate.SENT), (3, Fate.SENT), (1, Fate.WAITS), (0, Fate.WAITS)]
)
def test_a_contested_copy_is_sent_if_the_index_has_it_or_a_later_one(
    there: int, fate: Fate
) -> None:
    mine = letter(edit=2)
    client = FakeClient({"status": 409}, versions={mine.id: there})
    (reply,) = replies_to(client, [mine])
    assert reply.fate is fate


def test_the_one_letter_that_spoils_a_request_is_found() -> None:
    letters = [letter(number, comment="rotten" if number == 5 else "") for number in range(8)]
    replies = replies_to(FakeClient(poison="rotten"), letters)
    dead = [reply.letter for reply in replies if reply.fate is Fate.DEAD]
    assert dead == [letters[5]]
    assert len(replies) == 8


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (error_of(401), Trouble.REFUSED),
        (error_of(403), Trouble.REFUSED),
        (error_of(404), Trouble.CONFLICT),
        (error_of(429), Trouble.BUSY),
        (error_of(503), Trouble.BUSY),
        (ConnectionTimeout("too long"), Trouble.UNREACHABLE),
    ],
    ids=["401", "403", "404", "429", "503", "timeout"],
)
def test_a_request_that_fails_whole_is_named(failure: Exception, trouble: Trouble) -> None:
    with pytest.raises(StoreTrouble) as caught:
        replies_to(FakeClient(failure=failure), [letter()])
    assert caught.value.trouble is trouble


def test_requests_are_bounded_in_bytes() -> None:
    large = "x" * (MAX_BULK_BYTES // 5)  # it stands in the document three times
    client = FakeClient()
    letters = [letter(1), letter(2, comment=large), letter(3, comment=large), letter(4)]
    assert len(replies_to(client, letters)) == 4
    assert [len(lines) for lines in client.requests] == [2, 2]


def test_a_refusal_is_explained_down_to_its_cause() -> None:
    cause = {"type": "illegal_argument_exception", "reason": "immense term " + "x" * 999}
    error = {"type": "document_parsing_exception", "reason": "failed", "caused_by": cause}
    (reply,) = replies_to(FakeClient({"status": 400, "error": error}), [letter()])
    assert reply.reason.startswith(
        "400 document_parsing_exception: failed; because illegal_argument_exception: immense term"
    )
    assert len(reply.reason) < 400
