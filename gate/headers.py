"""What every answer tells the browser to forbid."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.content_policy import content_policy
from gate.routes import page_route
from gate.wire import on_start

HEADERS = {
    "Content-Security-Policy": content_policy(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
NEVER = "no-store"
# The bundler names these files after their content.
_HASHED = re.compile(r"/assets/.*-[\w-]{8}\.\w+")


class SecurityHeaders:
    """Adds HEADERS, and Cache-Control, where the answer does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        def forbid(message: Message, headers: MutableHeaders) -> None:
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            is_good = message["status"] < 400
            headers.setdefault("Cache-Control", caching(scope["path"]) if is_good else NEVER)

        await self._app(scope, receive, on_start(send, forbid))


def caching(path: str) -> str:
    """Return how long a browser may keep the answer; what belongs to one person is not kept."""
    route = page_route(path)
    if _HASHED.fullmatch(route):
        return FOR_EVER
    if path.startswith("/static/") or route.startswith(("/assets/", "/static/")):
        return ASK_AGAIN
    return NEVER
