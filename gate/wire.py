"""Small readings and copies of ASGI scopes and messages that several legs need."""

from collections.abc import Callable, Collection
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send


def with_headers(scope: Scope, *, dropped: Collection[str]) -> Scope:
    """Return the scope without the named request headers (lower case)."""
    names = {name.encode() for name in dropped}
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in names]}


def with_state(scope: Scope, **facts: Any) -> Scope:
    """Return the scope with facts about this request added to its state."""
    return {**scope, "state": {**scope.get("state", {}), **facts}}


def on_start(send: Send, change: Callable[[Message, MutableHeaders], None]) -> Send:
    """Return a `send` that shows the response's start, and its headers, to `change` first."""

    async def changed_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            change(message, MutableHeaders(scope=message))
        await send(message)

    return changed_send


def body_type(headers: Headers) -> str:
    """Return the media type of the body, without its parameters; empty where none is told."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_navigation(headers: Headers) -> bool:
    """Say whether a person will look at the answer, rather than a script or a program."""
    mode = headers.get("sec-fetch-mode")
    if mode is not None:
        return mode == "navigate"
    return "text/html" in headers.get("accept", "")
