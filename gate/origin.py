"""Unsafe requests come from our own page or from a program, never from another site's page."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.bodies import declared_length
from gate.refusal import Refusal
from gate.wire import with_headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
BODY_TYPES = frozenset({"application/json", "multipart/form-data"})


class SameOrigin:
    """Checks what browsers tell about the sender, and drops Origin: Gradio would reflect it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in SAFE_METHODS:
            headers = Headers(scope=scope)
            if not is_own(headers):
                raise Refusal(403, "gate.foreign_site")
            if has_body(scope) and body_type(headers) not in BODY_TYPES:
                raise Refusal(415, "gate.body_type")
        await self._app(with_headers(scope, dropped={"origin"}), receive, send)


def is_own(headers: Headers) -> bool:
    """Say whether the sender is our own page, or no page at all (neither header is there)."""
    if headers.get("sec-fetch-site", "none") not in OWN_SITES:
        return False
    host = headers.get("host")
    return headers.get("origin") in {None, f"http://{host}", f"https://{host}"}


def has_body(scope: Scope) -> bool:
    return declared_length(scope) > 0 or "transfer-encoding" in Headers(scope=scope)


def body_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
