"""Names each request, learns its language, counts and logs its answer."""

import logging
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.wire import on_start, with_state
from monitoring.metrics import Metrics
from texts import LANGUAGES, Language, choose_language
from utils.clock import Clock

log = logging.getLogger("glip.gate")

LANGUAGE_COOKIE = "glip_language"


class Reception:
    """Sets state `request_id` (16 hex digits, ours alone) and `language`; sends X-Request-ID."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, clock: Clock) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = language_of(Headers(scope=scope))
        scope = with_state(scope, request_id=secrets.token_hex(8), language=language)
        started_at = self._clock.monotonic()
        status = 500  # of a request that ends before it is answered

        def sign(message: Message, headers: MutableHeaders) -> None:
            nonlocal status
            status = message["status"]
            headers["X-Request-ID"] = scope["state"]["request_id"]

        try:
            await self._app(scope, receive, on_start(send, sign))
        finally:
            self._record(scope, status, self._clock.monotonic() - started_at)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        """Reading is what pages do all the time: it is logged for those who debug only."""
        method, path = scope["method"], scope["path"]
        self._metrics.count_request(method=method, path=path, status=status)
        level = logging.DEBUG if method in {"GET", "HEAD"} and status < 400 else logging.INFO
        facts = {"status": status, "request_id": scope["state"]["request_id"]}
        log.log(level, "%s %s", method, path, extra={**facts, "duration_ms": round(seconds * 1e3)})


def language_of(headers: Headers) -> Language:
    """The language chosen on the page, else the browser's."""
    chosen = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    for language in LANGUAGES:
        if chosen == language:
            return language
    return choose_language(headers.get("accept-language"))
