"""How much a request may send, and how long it may take: counted before anybody parses it."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.refusal import Refusal
from gate.rules import MAX_JSON_BYTES, GateRules
from gate.wire import body_type


class BodyCap:
    """Refuses bodies over `max_body_bytes` (413) or slower than `body_deadline_s` (408).

    Pictures need room, JSON does not: a small part of it costs a hundred times its size to read.
    A declared length is refused at once; a chunked body as soon as it has grown too long.
    """

    def __init__(self, app: ASGIApp, *, rules: GateRules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._rules.max_body_bytes
        if body_type(Headers(scope=scope)) != "multipart/form-data":
            limit = min(limit, MAX_JSON_BYTES)
        if declared_length(scope) > limit:
            raise too_large(limit)
        body = _CountedBody(receive, limit=limit, deadline_s=self._rules.body_deadline_s)
        is_answered = False

        async def guarded_send(message: Message) -> None:
            nonlocal is_answered
            if body.refusal is None or is_answered:  # else: what the app makes of our refusal
                is_answered = True
                await send(message)

        try:
            await self._app(scope, body.receive, guarded_send)
        except Exception:
            if body.refusal is None or is_answered:
                raise
        if body.refusal is not None and not is_answered:
            raise body.refusal


class _CountedBody:
    """One request's body on its way in."""

    def __init__(self, receive: Receive, *, limit: int, deadline_s: float) -> None:
        self.refusal: Refusal | None = None
        self._receive = receive
        self._limit = limit
        self._deadline = asyncio.get_running_loop().time() + deadline_s
        self._received = 0
        self._is_complete = False

    async def receive(self) -> Message:
        """Raises the refusal, and remembers it in case the app catches it."""
        if self._is_complete:  # what is left to come is the disconnect, in its own time
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self.refusal = Refusal(408, "gate.body_too_slow")
            raise self.refusal from None
        self._received += len(message.get("body", b""))
        self._is_complete = not message.get("more_body", False)
        if self._received > self._limit:
            self.refusal = too_large(self._limit)
            raise self.refusal
        return message


def too_large(limit: int) -> Refusal:
    return Refusal(413, "gate.body_too_large", facts={"limit": limit})


def declared_length(scope: Scope) -> int:
    """Return the Content-Length in bytes; 0 without one. Raises Refusal if it is no number."""
    length = Headers(scope=scope).get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise Refusal(400, "gate.request")
    return int(length)


async def read_body(receive: Receive, *, limit: int) -> bytes:
    """Return the whole body. Raises Refusal (413) beyond `limit` bytes."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "gate.request")
        body += message.get("body", b"")
        if len(body) > limit:
            raise too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives `body` first, then whatever comes next."""
    is_replayed = False

    async def replayed_receive() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed_receive
