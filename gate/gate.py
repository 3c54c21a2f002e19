"""The onion, in one place: what a request passes on its way in, outermost first."""

from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from accounts.limits import Limits
from gate.answers import Answers
from gate.authenticator import Authenticator
from gate.bodies import BodyCap
from gate.content_policy import PagePolicy
from gate.files import Files
from gate.floods import FloodLimit, RequestLimit
from gate.head import HeadAsGet
from gate.headers import SecurityHeaders
from gate.holders import Holdings
from gate.hosts import Hosts
from gate.origin import SameOrigin
from gate.reception import Reception
from gate.routes import AllowedRoutes
from gate.rules import GateRules
from gate.session_cookie import SessionCookie
from gate.sessions import SessionStore
from gate.sign_in import SignIn
from gate.streams import Streams
from gate.tabs import Tabs
from gate.uploads import Uploads
from monitoring.metrics import Metrics
from utils.clock import Clock

__all__ = ["Gate", "GateRules"]


class Gate:
    """An ASGI application in front of `app`; nothing reaches `app` but through its legs."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        authenticator: Authenticator,
        sessions: SessionStore,
        limits: Limits,
        rules: GateRules,
        metrics: Metrics,
        clock: Clock,
        holdings: Holdings | None = None,
    ) -> None:
        """`holdings` learns which files were shown to whom."""
        self._app = app
        self._onion = app
        for leg in reversed(
            (
                partial(Reception, metrics=metrics, clock=clock),
                SecurityHeaders,
                partial(Answers, metrics=metrics),
                partial(Hosts, rules=rules),
                partial(FloodLimit, limits=limits),
                partial(BodyCap, rules=rules),
                SameOrigin,
                partial(SignIn, authenticator=authenticator, public=HeadAsGet(app)),
                partial(SessionCookie, sessions=sessions),
                AllowedRoutes,
                HeadAsGet,
                partial(RequestLimit, limits=limits),
                Tabs,
                Streams,
                Uploads,
                partial(Files, holdings=holdings or Holdings()),
                PagePolicy,
            )
        ):
            self._onion = leg(self._onion)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._onion(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:  # nobody speaks over a WebSocket here
            await receive()
            await send({"type": "websocket.close", "code": 1008})
