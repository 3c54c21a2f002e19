"""A browser tab belongs to one session.

Gradio tells users apart by a `session_hash` that the browser makes up and sends along; whoever
knew another's could read and cancel their work. Here the first session to use one keeps it.
"""

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.bodies import read_body, replay
from gate.events import parse_event
from gate.holders import Claims
from gate.refusal import Refusal
from gate.routes import CANCEL, EVENTS, HEARTBEAT, JOIN, UPLOAD, UPLOAD_PROGRESS, page_route
from gate.rules import MAX_JSON_BYTES


class Tabs:
    """Checks whose tab a request speaks for: tabs by their hash, uploads by their id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._claims = Claims()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = page_route(scope["path"])
        query = QueryParams(scope["query_string"])
        if route in {JOIN, CANCEL}:
            body = await read_body(receive, limit=MAX_JSON_BYTES)
            receive = replay(body, receive)
            self._require("tab", parse_event(body).get("session_hash"), scope, is_new=route == JOIN)
        elif route == EVENTS:
            self._require("tab", query.get("session_hash"), scope, is_new=False)
        elif route.startswith(HEARTBEAT):
            self._require("tab", route.removeprefix(HEARTBEAT), scope, is_new=True)
        elif route in {UPLOAD, UPLOAD_PROGRESS} and "upload_id" in query:
            self._require("upload", query["upload_id"], scope, is_new=True)
        await self._app(scope, receive, send)

    def _require(self, kind: str, name: object, scope: Scope, *, is_new: bool) -> None:
        """Raise Refusal unless the name is the session's, or may become so now."""
        if not isinstance(name, str) or not name.isalnum() or len(name) > 64:
            raise Refusal(400, "gate.request")
        session_id = scope["state"]["session_id"]
        is_owned = self._claims.claim if is_new else self._claims.is_owner
        if not is_owned(f"{kind} {name}", session_id):
            raise Refusal(403, "gate.not_yours")
