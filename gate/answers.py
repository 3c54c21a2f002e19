"""Answers refusals and failures, whichever leg they come from, so that no other leg has to."""

import logging

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detection.errors import Overloaded, TooManyRequests
from gate.problems import problem_response
from gate.refusal import Refusal
from gate.routes import UPLOAD, is_public, page_route
from gate.wire import is_navigation
from monitoring.metrics import Metrics
from texts import say

log = logging.getLogger("glip.gate")

# What a person reads instead of a bare answer from inside.
SENTENCES = {
    401: "gate.sign_in",
    403: "gate.forbidden",
    404: "gate.not_found",
    405: "gate.method",
    429: "gate.too_many",
    503: "gate.unavailable",
}
KEPT_HEADERS = frozenset({"retry-after", "allow", "www-authenticate"})


class Answers:
    """Turns Refusal and the limits' errors into answers, and bare errors from inside into ours.

    A page's own calls get Gradio's answers as they are: its script reads them.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_started = False
        replacement: Response | None = None

        async def watched_send(message: Message) -> None:
            nonlocal is_started, replacement
            if message["type"] == "http.response.start" and is_bare(scope, message):
                replacement = answer_to(scope, refusal_from(message))
            if replacement is None:
                is_started = True
                await send(message)
            elif not is_started and message["type"] == "http.response.body":
                is_started = True
                await replacement(scope, receive, send)

        try:
            await self._app(scope, receive, watched_send)
        except (Refusal, TooManyRequests, Overloaded) as error:
            if is_started:
                raise
            refusal = error if isinstance(error, Refusal) else Refusal.from_error(error)
            self._metrics.errors.labels(code=refusal.key.partition(".")[2]).inc()
            await answer_to(scope, refusal)(scope, receive, send)
        except ClientDisconnect:  # nobody is there to be answered
            log.debug("request %s was abandoned", scope["state"]["request_id"])
        except Exception:
            log.exception("request %s failed", scope["state"]["request_id"])
            self._metrics.errors.labels(code="internal").inc()
            if not is_started:
                await answer_to(scope, Refusal(500, "gate.internal"))(scope, receive, send)


def is_bare(scope: Scope, start: Message) -> bool:
    """Say whether an error needs our words: those of probes, pages' calls and problems do not."""
    if start["status"] < 400 or is_public(scope["method"], scope["path"]):
        return False
    if is_navigation(Headers(scope=scope)):
        return True
    is_problem = Headers(raw=start["headers"]).get("content-type") == "application/problem+json"
    return not is_problem and not page_route(scope["path"])


def refusal_from(start: Message) -> Refusal:
    status: int = start["status"]
    general = "gate.internal" if status >= 500 else "gate.request"
    kept = {
        name: value for name, value in Headers(raw=start["headers"]).items() if name in KEPT_HEADERS
    }
    return Refusal(status, SENTENCES.get(status, general), headers=kept)


def answer_to(scope: Scope, refusal: Refusal) -> Response:
    """Return the answer in the form its reader can use."""
    state = scope["state"]
    if page_route(scope["path"]) == UPLOAD:  # the page shows this body as it is
        sentence = say(refusal.key, state["language"], **refusal.facts)
        return PlainTextResponse(sentence, refusal.status, dict(refusal.headers))
    return problem_response(
        refusal.status,
        refusal.key,
        state["language"],
        facts=refusal.facts,
        headers=refusal.headers,
        wants_html=is_navigation(Headers(scope=scope)),
        request_id=state["request_id"],
    )
