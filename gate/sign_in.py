"""Lets in who has proved who they are; everybody else gets 401, whatever they asked for."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.authenticator import Authenticator
from gate.routes import is_public
from gate.wire import with_headers, with_state


class SignIn:
    """Sets state `user`. Public routes go straight to `public`; no leg below sees a password."""

    def __init__(self, app: ASGIApp, *, authenticator: Authenticator, public: ASGIApp) -> None:
        self._app = app
        self._authenticator = authenticator
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bare = with_headers(scope, dropped={"authorization"})
        if is_public(scope["method"], scope["path"]):
            await self._public(bare, receive, send)
            return
        address = scope["state"]["address"]
        user = await self._authenticator.authenticate(Headers(scope=scope), address)
        await self._app(with_state(bare, user=user), receive, send)
