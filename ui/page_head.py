"""What the head of Gradio's page lacks: its language, our style sheet and our script.

Gradio adds a page's `head=` only once its own scripts have run, too late to tell them the language.
"""

import html
import json
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from texts import Language, catalogue, say

HTML_LANG: dict[Language, str] = {"en": "en", "zh": "zh-CN"}
DEMO_LINKS = (
    b'<link rel="icon" href="/static/favicon.svg" type="image/svg+xml" />'
    b'<link rel="stylesheet" href="/static/demo.css" />'
    b'<link rel="stylesheet" href="/static/answer.css" />'
    b'<link rel="stylesheet" href="/static/verdicts.css" />'
    b'<script src="/static/demo.js"></script>'
    b'<script type="module" src="/static/verdicts.js"></script>'
    b'<script type="module" src="/static/answer.js"></script>'
    b'<script type="module" src="/static/paste.js"></script>'
)
# It names a file of the mount's parent, which has none.
_MANIFEST = re.compile(rb'<link rel="manifest"[^>]*>')


class PageHead:
    """Pure ASGI around one Gradio app: rewrites its HTML answers, passes on the rest."""

    def __init__(self, app: ASGIApp, *, language: Language, links: bytes = DEMO_LINKS) -> None:
        self._app = app
        self._language = language
        self._links = links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _PageSender(send, self._language, self._links))


class _PageSender:
    """Holds an HTML answer back until it is whole, then sends it with its new head."""

    def __init__(self, send: Send, language: Language, links: bytes) -> None:
        self._send = send
        self._language = language
        self._links = links
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        # An answer to HEAD has no body, and keeps the length it announced.
        if self._body:
            self._body = with_head(self._body, self._language, self._links)
            MutableHeaders(scope=start)["content-length"] = str(len(self._body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._body})


def with_head(page: bytes, language: Language, links: bytes = DEMO_LINKS) -> bytes:
    """Return Gradio's page with its language named and our files linked before its own scripts."""
    head = b'<meta charset="utf-8" />' + _words(language) + _sentences(language) + links
    page = page.replace(b'lang="en"', f'lang="{HTML_LANG[language]}"'.encode(), 1)
    page = page.replace(b'<meta charset="utf-8" />', head, 1)
    return _MANIFEST.sub(b"", page, count=1)


def _words(language: Language) -> bytes:
    """Gradio's English-only words and ours for them, as data for our script."""
    label = say("page.threshold", language)
    words = {
        say(key, "en", label=label): say(key, language, label=label)
        for key in catalogue()
        if key.startswith("page.gradio_")
    }
    return _meta("glip-words", words)


def _sentences(language: Language) -> bytes:
    """What our own scripts say, as data for them."""
    prefix = "script."
    return _meta(
        "glip-sentences",
        {
            key.removeprefix(prefix): sentence[language]
            for key, sentence in catalogue().items()
            if key.startswith(prefix)
        },
    )


def _meta(name: str, content: Mapping[str, str]) -> bytes:
    return f'<meta name="{name}" content="{html.escape(json.dumps(content))}" />'.encode()


def _is_html(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
