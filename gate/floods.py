"""How many requests: from one address before anybody looks at them, then from one session."""

from starlette.types import ASGIApp, Receive, Scope, Send

from accounts.limits import Limit, Limits
from gate.asker import asker_of
from gate.routes import UPLOAD, page_route


class FloodLimit:
    """Counts every request of an address, signed in or not."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._limits.charge_flood(scope["state"]["address"])
        await self._app(scope, receive, send)


class RequestLimit:
    """Counts the requests of a session, and its uploads. Detections are counted where they run."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asker = asker_of(scope["state"])
        self._limits.charge(Limit.REQUEST, asker)
        if page_route(scope["path"]) == UPLOAD:
            self._limits.charge(Limit.UPLOAD, asker)
        await self._app(scope, receive, send)
