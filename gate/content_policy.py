"""The Content-Security-Policy: our own scripts, and the inline ones of a page by their hashes.

Gradio starts its page with inline scripts, one of which holds the page's configuration and so
differs between askers: the hashes are taken from each page as it leaves. What a request can put
into that page is its Host (on the allow-list) and the user's name (letters, digits, . _ -).
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.routes import page_route
from gate.wire import with_headers

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def content_policy(inline_scripts: Iterable[bytes] = ()) -> str:
    """Return the policy; Gradio needs inline styles, blobs of pictures and blob workers."""
    hashes = "".join(f" 'sha256-{digest_of(script)}'" for script in inline_scripts)
    return (
        f"default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def digest_of(content: bytes) -> str:
    """Return the base64 SHA-256 that a policy names inline content by."""
    return b64encode(hashlib.sha256(content).digest()).decode()


class PagePolicy:
    """Sends a Gradio page with the hashes of its own inline scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if page_route(scope["path"]) != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        page = b""

        async def held_send(message: Message) -> None:
            nonlocal start, page
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                page += message.get("body", b"")
                if not message.get("more_body", False):
                    await send(with_policy(start, page))
                    await send({"type": "http.response.body", "body": page})

        # Compressed, the scripts could not be read.
        await self._app(with_headers(scope, dropped={"accept-encoding"}), receive, held_send)


def with_policy(start: Message, page: bytes) -> Message:
    """Return the start of an answer whose policy names the page's inline scripts."""
    start = {**start, "headers": list(start["headers"])}
    scripts = _INLINE_SCRIPT.findall(page)
    MutableHeaders(scope=start)["Content-Security-Policy"] = content_policy(scripts)
    return start
