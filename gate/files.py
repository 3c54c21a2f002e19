"""A file belongs to the sessions it was shown to.

Gradio serves every file of its cache to everybody who knows the path. Here a session may fetch,
and send back, exactly the paths that were told to it before, by an upload or on its event stream,
and those in the page's configuration, which is the same for everybody.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.bodies import read_body, replay
from gate.events import file_references, parse_event
from gate.holders import Holdings
from gate.refusal import Refusal
from gate.routes import FILE, JOIN, page_route
from gate.rules import MAX_JSON_BYTES
from gate.shown_paths import PAGE_READERS, SESSION_READERS, Reader
from gate.wire import with_headers


class Files:
    """Checks paths on their way in, and learns them on their way out."""

    def __init__(self, app: ASGIApp, *, holdings: Holdings) -> None:
        self._app = app
        self._holdings = holdings
        self._shared: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = page_route(scope["path"])
        session_id = scope["state"]["session_id"]
        if route.startswith(FILE):
            if not self._is_shown(route.removeprefix(FILE), session_id):
                raise Refusal(404, "gate.not_found")
            scope = with_headers(scope, dropped={"range"})  # odd ranges end in a 500 there
        elif route == JOIN:
            event = parse_event(await read_body(receive, limit=MAX_JSON_BYTES))
            self._require_held(event, session_id, scope)
            # What was checked is what is read: no two parsers, no two readings.
            receive = replay(json.dumps(event).encode(), receive)
            scope = with_headers(scope, dropped={"content-length"})
        elif reader := PAGE_READERS.get(route):
            scope = with_headers(scope, dropped={"accept-encoding"})
            send = learning(send, reader, self._shared.add)
        elif reader := SESSION_READERS.get(route):
            scope = with_headers(scope, dropped={"accept-encoding"})
            send = learning(send, reader, lambda path: self._holdings.add(path, session_id))
        await self._app(scope, receive, send)

    def _require_held(self, event: dict[str, Any], session_id: str, scope: Scope) -> None:
        """Raise Refusal if the event names a file the session was never shown, or an address."""
        host = Headers(scope=scope).get("host", "")
        served_under = scope["path"].removesuffix(JOIN) + FILE
        for reference in file_references(event):
            path, url = reference.get("path"), reference.get("url")
            if not isinstance(path, str) or not self._is_shown(path, session_id):
                raise Refusal(403, "gate.not_yours")
            if url is not None and not is_own_url(str(url), host, served_under + path):
                raise Refusal(403, "gate.not_yours")

    def _is_shown(self, path: str, session_id: str) -> bool:
        return path in self._shared or self._holdings.has(path, session_id)


def learning(send: Send, reader: Reader, learn: Callable[[str], None]) -> Send:
    """Return a `send` that learns the paths in a good answer before it passes them on."""
    is_good = False
    unread = b""

    async def learning_send(message: Message) -> None:
        nonlocal is_good, unread
        if message["type"] == "http.response.start":
            is_good = message["status"] == 200
        elif is_good:
            unread += message.get("body", b"")
            paths, unread = reader(unread, not message.get("more_body", False))
            for path in paths:
                learn(path)
        await send(message)

    return learning_send


def is_own_url(url: str, host: str, path: str) -> bool:
    """Say whether the address is this server's, for this very path."""
    own = {f"{scheme}://{host}{path}" for scheme in ("http", "https")}
    return not own.isdisjoint({url, unquote(url)})
