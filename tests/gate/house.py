"""A gate around an application that tells what reached it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from accounts.limits import LimitRules, Limits
from accounts.user import Role, User
from gate.authenticator import SignInRequired
from gate.basic import parse_basic
from gate.gate import Gate, GateRules
from gate.sessions import SessionStore
from monitoring.metrics import Metrics
from tests.fakes import FakeClock

FILE = {"files": ("a.png", b"a picture")}  # an upload as the page sends it


class ByName:
    """An Authenticator that takes everybody's word; `root` is an admin."""

    async def authenticate(self, headers: Headers, address: str) -> User:
        credentials = parse_basic(headers.get("authorization", ""))
        if credentials is None:
            raise SignInRequired("Basic")
        name, _ = credentials
        return User(name, Role.ADMIN if name == "root" else Role.GUEST)


class Inner:
    """Answers every request with what it was told, and keeps it."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.app = Starlette()
        self.app.add_route("/{path:path}", self._tell, methods=["GET", "POST", "DELETE"])
        self.respond: Callable[[Request], Response] | None = None

    async def _tell(self, request: Request) -> Response:
        state = request.scope["state"]
        self.requests.append(
            {
                "method": request.method,
                "path": request.url.path,
                "headers": dict(request.headers),
                "scheme": request.url.scheme,
                "client": request.client.host if request.client else None,
                "body": await request.body(),
                **{
                    name: state.get(name)
                    for name in ("user", "session_id", "has_cookie", "address")
                },
            }
        )
        return self.respond(request) if self.respond else JSONResponse({"heard": True})


@dataclass
class House:
    """A gate, and what stands behind and beside it."""

    database: Path
    inner: Inner = field(default_factory=Inner)
    clock: FakeClock = field(default_factory=FakeClock)
    metrics: Metrics = field(
        default_factory=lambda: Metrics(error_codes=["sign_in", "not_found", "too_many_requests"])
    )
    rules: GateRules = field(default_factory=GateRules)
    limit_rules: LimitRules = field(default_factory=LimitRules)

    def gate(self, app: ASGIApp | None = None) -> Gate:
        return Gate(
            app or self.inner.app,
            authenticator=ByName(),
            sessions=SessionStore(self.database, clock=self.clock),
            limits=Limits(self.limit_rules, clock=self.clock, metrics=self.metrics),
            rules=self.rules,
            metrics=self.metrics,
            clock=self.clock,
        )

    def browser(
        self, user: str | None = "ann", *, gate: Gate | None = None, address: str = "192.0.2.1"
    ) -> TestClient:
        """A client with a cookie jar of its own."""
        client = TestClient(
            gate or self.gate(),
            base_url="http://127.0.0.1",
            client=(address, 50_000),
            follow_redirects=False,
        )
        if user:
            client.auth = (user, "any password")
        return client
