"""Letters to Elasticsearch: sent in bulk, and what became of each."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from feedback.elastic import WRITE_S, trouble_of
from feedback.elastic_fields import document_of
from feedback.outbox import Letter

MAX_BULK_BYTES = 4 * 2**20
_DONE = {200, 201}
_MAX_CAUSE = 300  # characters; some causes repeat the text they are about
_HOPELESS = {400, 413}  # the document's own fault: it would fail again

_Packed = list[tuple[Letter, bytes]]


class Fate(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    DEAD = "dead"  # refused for good
    WAITS = "waits"  # has to go again


@dataclass(frozen=True)
class Reply:
    """The answer to one letter."""

    letter: Letter
    fate: Fate
    reason: str = ""


def send_letters(client: Elasticsearch, alias: str, letters: Sequence[Letter]) -> Iterator[Reply]:
    """Send the letters, a few MiB a request, and yield what became of each.

    Raises StoreTrouble where a request fails as a whole; what was not yielded has to go again.
    """
    for packed in _by_bytes([(letter, _lines(letter)) for letter in letters]):
        yield from _send(client, alias, packed)


def _send(client: Elasticsearch, alias: str, packed: _Packed) -> Iterator[Reply]:
    try:
        # Only through the alias: an index made up on the fly would guess its mapping.
        answer = client.options(request_timeout=WRITE_S).bulk(
            index=alias,
            operations=[lines for _, lines in packed],  # type: ignore[misc] # encoded already
            require_alias=True,
        )
    except ApiError as error:
        if error.status_code not in _HOPELESS:
            raise trouble_of(error) from error
        yield from _halve(client, alias, packed, str(error))
    except TransportError as error:
        raise trouble_of(error) from error
    else:
        results = [result for item in answer["items"] for result in item.values()]
        yield from _replies(client, alias, [letter for letter, _ in packed], results)


def _halve(client: Elasticsearch, alias: str, packed: _Packed, reason: str) -> Iterator[Reply]:
    """In a request nobody can read, find the letter nobody can read."""
    if len(packed) == 1:
        yield Reply(packed[0][0], Fate.DEAD, reason)
        return
    middle = len(packed) // 2
    yield from _send(client, alias, packed[:middle])
    yield from _send(client, alias, packed[middle:])


def _replies(
    client: Elasticsearch, alias: str, letters: Sequence[Letter], results: Sequence[Any]
) -> Iterator[Reply]:
    contested = []
    for letter, result in zip(letters, results, strict=True):
        if result["status"] == 409 and letter.feedback is not None:
            contested.append(letter)
        else:
            yield _reply(letter, result)
    if contested:
        yield from _contested(client, alias, contested)


def _reply(letter: Letter, result: Mapping[str, Any]) -> Reply:
    """Read one item of the answer."""
    status, error = result["status"], result.get("error")
    is_gone = letter.feedback is None and (status == 409 or (status == 404 and error is None))
    if status in _DONE or is_gone:
        return Reply(letter, Fate.SENT)
    reason = f"{status} {_explain(error or {})}"
    return Reply(letter, Fate.DEAD if status in _HOPELESS else Fate.WAITS, reason)


def _explain(error: Mapping[str, Any]) -> str:
    """Return an error with its causes, the last of which says most."""
    causes = []
    while error:
        causes.append(f"{error.get('type')}: {error.get('reason')}"[:_MAX_CAUSE])
        error = error.get("caused_by") or {}
    return "; because ".join(causes)


def _contested(client: Elasticsearch, alias: str, letters: Sequence[Letter]) -> Iterator[Reply]:
    """Tell the two kinds of 409 apart.

    The index has this edit or a later one, which is as good as sent; or it still remembers a
    removal, which it forgets within a minute.
    """
    ids = [letter.id for letter in letters]
    try:
        found = client.mget(index=alias, ids=ids, source=False)
    except (ApiError, TransportError) as error:
        raise trouble_of(error) from error
    versions = {doc["_id"]: doc.get("_version", 0) for doc in found["docs"]}
    for letter in letters:
        is_there = versions[letter.id] >= letter.edit
        yield Reply(letter, Fate.SENT if is_there else Fate.WAITS, "409, and not there")


def _lines(letter: Letter) -> bytes:
    """Return the letter as `_bulk` wants it. The edit is its version: late copies lose."""
    facts = {"_id": letter.id, "version": letter.edit, "version_type": "external"}
    if letter.feedback is None:
        return json.dumps({"delete": facts}).encode()
    document = json.dumps(document_of(letter.feedback))
    return f"{json.dumps({'index': facts})}\n{document}".encode()


def _by_bytes(packed: _Packed) -> Iterator[_Packed]:
    """Split into requests of a few MiB; a letter larger than that goes alone."""
    some: _Packed = []
    size = 0
    for letter, lines in packed:
        if some and size + len(lines) > MAX_BULK_BYTES:
            yield some
            some, size = [], 0
        some.append((letter, lines))
        size += len(lines)
    if some:
        yield some
