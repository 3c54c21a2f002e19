"""Every route there is, as one table: what is not listed does not exist.

Of Gradio's routes only those that the page calls are listed. A new one is closed until somebody
adds it here.
"""

import re
from collections.abc import Mapping

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from accounts.permissions import Action, is_allowed
from gate.refusal import Refusal
from texts import LANGUAGES

PUBLIC = frozenset({"/healthz", "/readyz"})

# Below /demo and /admin stands one Gradio app a language; these are routes of each.
_LANGUAGE = f"(?:{'|'.join(LANGUAGES)})"
PAGE = re.compile(rf"/(?:demo|admin)/{_LANGUAGE}(?P<route>/.*)")
# For admins only, whatever lies below; each of its handlers asks once more.
ADMIN = re.compile(r"/admin(?:/.*)?", re.DOTALL)
JOIN = "/gradio_api/queue/join"
CANCEL = "/gradio_api/cancel"
RESET = "/gradio_api/reset"  # does nothing, but the page calls it after a cancel
EVENTS = "/gradio_api/queue/data"
HEARTBEAT = "/gradio_api/heartbeat/"
UPLOAD = "/gradio_api/upload"
UPLOAD_PROGRESS = "/gradio_api/upload_progress"
FILE = "/gradio_api/file="

_READ = frozenset({"GET", "HEAD"})
_GET = frozenset({"GET"})
_POST = frozenset({"POST"})
_DELETE = frozenset({"DELETE"})


def _table(routes: Mapping[str, frozenset[str]]) -> Mapping[re.Pattern[str], frozenset[str]]:
    return {re.compile(pattern): methods for pattern, methods in routes.items()}


ROUTES = _table(
    {
        r"/": _READ,
        r"/favicon\.ico": _READ,
        r"/static/.+": _READ,
        r"/openapi\.json": _READ,
        r"/docs": _READ,
        r"/api/detect": _POST,
        r"/api/models": _READ,
        r"/api/models/[^/]+/(?:load|fetch)": _POST,
        r"/api/results/[0-9a-f]{32}(?:/(?:coco|picture))?": _READ,
        r"/api/feedback": _POST,
        r"/api/feedback/export": _GET,
        r"/api/feedback/[0-9a-f]{32}": _DELETE,
        r"/api/sessions/(?:me|[0-9a-f]{32})": _DELETE,
        r"/api/sessions/(?:me|[0-9a-f]{32})/feedback": _READ,
        rf"/(?:demo|admin)(/{_LANGUAGE}?)?": _READ,
    }
)
PAGE_ROUTES = _table(
    {
        r"/": _READ,
        r"/config": _READ,
        r"/favicon\.ico": _READ,
        r"(?:/gradio_api)?/theme\.css": _READ,
        r"/(?:assets|static)/.+": _READ,
        JOIN: _POST,
        EVENTS: _GET,
        CANCEL: _POST,
        RESET: _POST,
        rf"{HEARTBEAT}[^/]+": _GET,
        UPLOAD: _POST,
        UPLOAD_PROGRESS: _GET,
        rf"{FILE}.+": _READ,
    }
)
# Admins send files as everybody does, from /demo.
_CLOSED_TO_ADMIN = frozenset({UPLOAD, UPLOAD_PROGRESS})

# Gradio reads these on its pages: other pages than ours, and state that other people saved.
CLOSED_PARAMETERS = frozenset({"page", "deep_link", "all_endpoints"})


class AllowedRoutes:
    """Answers 403 to guests below /admin, 404 where there is nothing, 405 to other methods."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_admin = is_allowed(scope["state"]["user"], Action.EXPORT)
        if ADMIN.fullmatch(scope["path"]) and not is_admin:
            raise Refusal(403, "gate.forbidden")
        methods = methods_of(scope["path"])
        if not methods or has_closed_parameter(scope):
            raise Refusal(404, "gate.not_found")
        if scope["method"] not in methods:
            headers = {"Allow": ", ".join(sorted(methods))}
            raise Refusal(405, "gate.method", headers=headers)
        await self._app(scope, receive, send)


def is_public(method: str, path: str) -> bool:
    """Say whether the route is open to everybody."""
    return method in _READ and path in PUBLIC


def page_route(path: str) -> str:
    """Return the route inside a Gradio app, from its slash on; empty outside of them."""
    match = PAGE.fullmatch(path)
    return match["route"] if match else ""


def methods_of(path: str) -> frozenset[str]:
    """Return the methods a path answers to; none if there is no such route."""
    inner = page_route(path)
    if inner in _CLOSED_TO_ADMIN and ADMIN.fullmatch(path):
        return frozenset()
    table, path = (PAGE_ROUTES, inner) if inner else (ROUTES, path)
    fitting = (methods for pattern, methods in table.items() if pattern.fullmatch(path))
    return next(fitting, frozenset())


def has_closed_parameter(scope: Scope) -> bool:
    """Say whether the query asks Gradio for something that we do not use."""
    names = QueryParams(scope["query_string"]).keys()
    return bool(page_route(scope["path"])) and not CLOSED_PARAMETERS.isdisjoint(names)
