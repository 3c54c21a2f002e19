"""Unsafe requests come from our own page or from a program, never from another site's page."""

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.bodies import declared_length
from gate.refusal import Refusal
from gate.wire import body_type, with_headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
BODY_TYPES = frozenset({"application/json", "multipart/form-data"})
# A form is decoded as it says itself, by any of Python's codecs: some make halves of surrogate
# pairs, and punycode takes minutes for a megabyte.
CHARSETS = frozenset({"utf-8", "utf8"})


class SameOrigin:
    """Checks what browsers tell about the sender, and drops Origin: Gradio would reflect it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in SAFE_METHODS:
            headers = Headers(scope=scope)
            if not is_own(headers):
                raise Refusal(403, "gate.foreign_site")
            if has_body(scope) and not is_readable(headers):
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


def is_readable(headers: Headers) -> bool:
    """Say whether the body is of a type that we read, in UTF-8."""
    _, options = parse_options_header(headers.get("content-type"))  # as the form's parser does
    charset = options.get(b"charset", b"utf-8").decode("latin-1").lower()
    return body_type(headers) in BODY_TYPES and charset in CHARSETS
