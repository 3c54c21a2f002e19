"""Puts the page under /demo: one Gradio app a language, and a door that chooses between them."""

from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response

from feedback.desk import FeedbackDesk
from feedback.forgetting import Forgetting
from feedback.results import ResultStore
from gate.routes import JOIN
from serving.service import DetectionService
from texts import LANGUAGES
from ui.blocks import build_blocks
from ui.gradio_faults import log_gradio_faults
from ui.history import History
from ui.language_choice import choose_page
from ui.page_head import PageHead
from ui.scenes import load_scenes
from ui.services import Services
from ui.theme import build_theme

_MOST_TABS = 1000  # Gradio keeps some 40 kB for each
_MOST_EVENTS = 128  # at once; the service's queues are the limit, not Gradio's
_IDLE_SLEEP_S = 0.01  # ten times Gradio's own: its queue looks for work in a loop


def mount_demo(
    app: FastAPI,
    *,
    service: DetectionService,
    desk: FeedbackDesk,
    results: ResultStore,
    forgetting: Forgetting,
    history: History,
    examples_dir: Path,
    max_upload_bytes: int,
) -> None:
    """Add `/demo` to `app`, whose lifespan then also runs Gradio's queues.

    Expects our static folder under `/static`, and the gate's facts in every request's state.
    """
    services = Services(
        service=service, results=results, desk=desk, forgetting=forgetting, history=history
    )
    scenes = load_scenes(examples_dir)
    # Without a policy of its parent's, Gradio answers every origin, with credentials.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    for path in ("/demo", "/demo/"):
        app.add_api_route(path, choose_page, methods=["GET", "HEAD"], include_in_schema=False)
    for language in LANGUAGES:
        mount_page(
            app,
            build_blocks(language, services, scenes),
            path=f"/demo/{language}",
            head=Middleware(PageHead, language=language),
            max_upload_bytes=max_upload_bytes,
        )


def mount_page(
    app: FastAPI, page: gr.Blocks, *, path: str, head: Middleware, max_upload_bytes: int
) -> None:
    """Mount a page at `path`, with everything of Gradio off that we do not use.

    Expects the gate's facts in every request's state. `head` adds our scripts to its HTML.
    """
    log_gradio_faults()
    page.max_threads = _MOST_EVENTS
    page.state_session_capacity = _MOST_TABS
    page.queue(default_concurrency_limit=None, api_open=False)
    page._queue.sleep_when_free = _IDLE_SLEEP_S  # noqa: SLF001 - there is no public name for it
    # Unless Gradio believes it was launched, it hands out any file of this machine.
    page.has_launched = True
    gr.mount_gradio_app(
        app,
        page,
        path=path,
        auth_dependency=_user_name,
        app_kwargs={
            "openapi_url": None,
            "docs_url": None,
            "redoc_url": None,
            "middleware": [head],
            "exception_handlers": {KeyError: answer_unknown_event},
        },
        theme=build_theme(),
        max_file_size=max_upload_bytes,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )
    page.app = app.routes[-1].app  # type: ignore[attr-defined] # the mount that was just added


def answer_unknown_event(request: Request, error: Exception) -> Response:
    """Gradio looks up the number of an event, and trips over one that there is not."""
    if not request.scope["path"].endswith(JOIN):
        raise error
    return JSONResponse({"detail": "There is no such event."}, 404)


def _user_name(request: Request) -> str | None:
    """Who the gate let in; nobody without it, so that Gradio answers 401 by itself."""
    user = getattr(request.state, "user", None)
    return None if user is None else str(user.name)
