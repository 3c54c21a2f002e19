"""A page lets go of one stream of events before it is told of the next.

Gradio answers a page's questions over one stream, which it closes when nothing is left to say. Its
script asks for a new one only if it believes the old one closed. Two things go wrong when a
question comes just then, and both leave it without an answer for ever:

- The answer to `join` overtakes the old stream's last words: no new stream is asked for.
- The page breaks the old stream off, as it does with each, a moment before Gradio has left it:
  Gradio takes that for a page that was left, and drops what the new question is answered through.

Here a stream that said its last words stays open until the page has broken it off, Gradio does not
hear of that, and `join` is answered after it.
"""

import asyncio
from contextlib import suppress

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.bodies import read_body, replay
from gate.events import parse_event
from gate.routes import EVENTS, JOIN, page_route
from gate.rules import MAX_JSON_BYTES

LAST_WORDS = b'"msg":"close_stream"'
PATIENCE_S = 10.0  # for a client that waits for the end of the stream, as programs may


class Streams:
    """Knows which tabs have been told that their stream ends, and have not broken it off yet."""

    def __init__(self, app: ASGIApp, *, patience_s: float = PATIENCE_S) -> None:
        self._app = app
        self._patience_s = patience_s
        self._ending: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = page_route(scope["path"])
        if route == EVENTS:
            tab = QueryParams(scope["query_string"]).get("session_hash", "")
            await self._stream(tab, scope, receive, send)
        elif route == JOIN:
            body = await read_body(receive, limit=MAX_JSON_BYTES)
            tab = str(parse_event(body).get("session_hash"))
            await self._app(scope, replay(body, receive), self._after_ending(tab, send))
        else:
            await self._app(scope, receive, send)

    async def _stream(self, tab: str, scope: Scope, receive: Receive, send: Send) -> None:
        is_left = asyncio.Event()

        async def watched_send(message: Message) -> None:
            if LAST_WORDS in message.get("body", b""):
                self._ending[tab] = is_left
            elif self._ending.get(tab) is is_left:  # nothing follows but the end of the body
                await self._wait(is_left)
            await send(message)

        async def watched_receive() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and self._ending.get(tab) is is_left:
                is_left.set()
                await asyncio.Future()  # until Gradio has come to its own end
            return message

        try:
            await self._app(scope, watched_receive, watched_send)
        finally:
            is_left.set()
            if self._ending.get(tab) is is_left:
                del self._ending[tab]

    def _after_ending(self, tab: str, send: Send) -> Send:
        async def delayed_send(message: Message) -> None:
            ending = self._ending.get(tab)
            if ending is not None:
                await self._wait(ending)
            await send(message)

        return delayed_send

    async def _wait(self, is_left: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(is_left.wait(), self._patience_s)
