"""Composition root: builds the parts, hands them to each other, owns start-up and shutdown.

`python app.py` serves.
"""

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from accounts.directory import UserDirectory
from accounts.limits import LimitRules, Limits
from api.errors import add_error_handlers
from api.routes.detect import detect_router
from api.routes.docs import docs_router
from api.routes.feedback import feedback_router
from api.routes.health import health_router
from config import Settings
from detection.detector import Detector
from detection.image import ImageLimits
from feedback.desk import FeedbackDesk
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from gate.basic import BasicAuthenticator
from gate.gate import Gate, GateRules
from gate.sessions import SessionStore
from models.registry import build_detector
from monitoring.logs import configure_logs
from monitoring.metrics import Metrics, MetricsServer, serve_metrics
from serving.limits import ServingLimits
from serving.service import DetectionService
from texts import catalogue, say, terminal_language
from utils.clock import Clock, SystemClock

VERSION = "0.1.0"
ROOT = Path(__file__).parent
SHUTDOWN_S = 8.0
WATCH_EVERY_S = 1.0
EXIT_HUNG = 70
# Read by Gradio and its friends at import: no analytics, no hub, no shared temporary folder.
ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
log = logging.getLogger("glip.app")
BuildDetector = Callable[[str], Detector]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the house is made of, once each."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    users: UserDirectory
    authenticator: BasicAuthenticator
    sessions: SessionStore
    limits: Limits
    results: ResultStore
    service: DetectionService
    store: SqliteFeedbackStore
    desk: FeedbackDesk

    def close(self) -> None:
        """Let go of everything, in the order in which it depends on each other."""
        self.service.close(SHUTDOWN_S)
        self.store.close()
        self.results.close()
        self.authenticator.close()
        self.users.close()


def build_parts(settings: Settings, clock: Clock) -> Parts:
    """Build every part and hand each what it needs. Opens the database; loads no model."""
    database = settings.database
    metrics = Metrics(version=VERSION, error_codes=error_codes())
    limits = Limits(limit_rules(settings), clock=clock, metrics=metrics)
    users = UserDirectory(database)
    results = ResultStore(database, clock=clock)
    store = SqliteFeedbackStore(database)
    return Parts(
        settings=settings,
        clock=clock,
        metrics=metrics,
        users=users,
        authenticator=BasicAuthenticator(users, limits=limits, metrics=metrics, clock=clock),
        sessions=SessionStore(database, clock=clock),
        limits=limits,
        results=results,
        service=DetectionService(
            limits=limits,
            results=results,
            metrics=metrics,
            clock=clock,
            serving_limits=serving_limits(settings),
            image_limits=image_limits(settings),
            default_model=settings.model,
        ),
        store=store,
        desk=FeedbackDesk(
            store=store, results=results, metrics=metrics, clock=clock, limits=limits
        ),
    )


def create_app(
    settings: Settings, *, build: BuildDetector | None = None, clock: Clock | None = None
) -> Gate:
    """Return the whole application behind its gate. `build` makes a detector from its name."""
    parts = build_parts(settings, clock or SystemClock())
    build = build or partial(build_detector, device=settings.device, models_dir=settings.models_dir)
    inner = FastAPI(
        title="glip-demo",
        version=VERSION,
        lifespan=partial(lifespan, parts, build),
        docs_url=None,
        redoc_url=None,
    )
    add_error_handlers(inner)
    inner.include_router(detect_router(parts.service))
    inner.include_router(feedback_router(parts.desk))
    inner.include_router(docs_router(ROOT / "templates"))
    inner.include_router(health_router(parts.service, hung_after_s=settings.deadline_s))
    inner.mount("/static", StaticFiles(directory=ROOT / "static"))
    icon = RedirectResponse("/static/favicon.svg")
    inner.add_api_route("/favicon.ico", lambda: icon, include_in_schema=False)
    inner.add_api_route("/", lambda: RedirectResponse("/demo/"), include_in_schema=False)
    mount_page(inner, parts)
    return Gate(
        inner,
        authenticator=parts.authenticator,
        sessions=parts.sessions,
        limits=parts.limits,
        rules=gate_rules(settings),
        metrics=parts.metrics,
        clock=parts.clock,
    )


def mount_page(inner: FastAPI, parts: Parts) -> None:
    """Mount the page; Gradio reads the environment when it is imported, so it is set first."""
    uploads = parts.settings.data_dir.absolute() / "uploads"
    for name, value in {**ENVIRONMENT, "GRADIO_TEMP_DIR": str(uploads)}.items():
        os.environ.setdefault(name, value)
    from ui.mount import mount_demo  # noqa: PLC0415 - see above

    mount_demo(
        inner,
        service=parts.service,
        desk=parts.desk,
        results=parts.results,
        examples_dir=ROOT / "examples",
        max_upload_bytes=parts.settings.max_image_bytes,
    )


@contextlib.asynccontextmanager
async def lifespan(parts: Parts, build: BuildDetector, _app: FastAPI) -> AsyncIterator[None]:
    """Load the model beside the running server; at the end let go of everything in order."""
    closing = threading.Event()
    watch = partial(watch_model, hang_exit_s=parts.settings.hang_exit_s, closing=closing)
    threading.Thread(target=load_model, args=(parts, build), name="load", daemon=True).start()
    threading.Thread(target=watch, args=(parts.service,), name="watch", daemon=True).start()
    with contextlib.ExitStack() as stack:
        if parts.settings.metrics_port:
            stack.enter_context(open_metrics(parts))
        yield
    closing.set()
    await asyncio.to_thread(parts.close)


def open_metrics(parts: Parts) -> MetricsServer:
    """Listen for Prometheus. Raises OSError when the port is taken, and says what to set."""
    host, port = parts.settings.host, parts.settings.metrics_port
    try:
        return serve_metrics(parts.metrics, host, port)
    except OSError:
        log.critical("cannot listen on %s:%d for metrics: set GLIP_METRICS_PORT", host, port)
        raise


def load_model(parts: Parts, build: BuildDetector) -> None:
    """Build the default model and plug it in; a failure leaves the server up and unready."""
    name = parts.settings.model
    log.info("loading %s", name)
    try:
        parts.service.plug(build(name))
    except Exception:  # whatever a model raises, the server stays up and says why it is unready
        log.exception("could not load %s", name)
    else:
        log.info("ready: %s", name)


def watch_model(
    service: DetectionService,
    *,
    hang_exit_s: float,
    closing: threading.Event,
    leave: Callable[[int], object] = os._exit,
) -> None:
    """End the process when a batch hangs: a thread cannot be stopped, a supervisor starts anew."""
    while not closing.wait(WATCH_EVERY_S):
        if service.stuck_for_s > hang_exit_s:
            log.critical("the model has hung for %.0f s: the process ends", service.stuck_for_s)
            leave(EXIT_HUNG)
            return


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop. Prints the first passwords, once."""
    configure_logs(settings.log_level)
    application = create_app(settings)
    announce(settings, UserDirectory(settings.database).ensure_first_users())
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def announce(settings: Settings, passwords: dict[str, str]) -> None:
    """Tell the person at the terminal where to go and, once, with which password."""
    language = terminal_language(os.environ)
    lines = [f"  {name:<8}{password}" for name, password in passwords.items()]
    if lines:
        lines = [say("cli.first_passwords", language), *lines, ""]
    lines.append(say("cli.serving", language, host=settings.host, port=settings.port))
    print("\n".join(lines), flush=True)  # noqa: T201 - once, for the person at the terminal


def error_codes() -> list[str]:
    """Every code an answer may carry: the error tree's and the gate's."""
    return [key.partition(".")[2] for key in catalogue() if key.startswith(("errors.", "gate."))]


def limit_rules(settings: Settings) -> LimitRules:
    return LimitRules(
        detect=settings.limit_detect,
        detect_address=settings.limit_detect_address,
        upload=settings.limit_upload,
        feedback=settings.limit_feedback,
        request=settings.limit_request,
        sign_in=settings.limit_sign_in,
    )


def image_limits(settings: Settings) -> ImageLimits:
    return ImageLimits(
        max_bytes=settings.max_image_bytes,
        max_pixels=settings.max_image_pixels,
        max_side=settings.max_image_side,
    )


def serving_limits(settings: Settings) -> ServingLimits:
    return ServingLimits(
        pool_workers=settings.pool_workers,
        pool_queue=settings.pool_queue,
        max_batch=settings.max_batch,
        max_wait_ms=settings.max_wait_ms,
        model_queue=settings.model_queue,
        deadline_s=settings.deadline_s,
        cache_bytes=settings.cache_bytes,
        cache_ttl_s=settings.cache_ttl_s,
    )


def gate_rules(settings: Settings) -> GateRules:
    return GateRules(
        allowed_hosts=frozenset(settings.allowed_hosts),
        trusted_proxies=frozenset(settings.trusted_proxies),
        max_body_bytes=settings.max_body_bytes,
    )


if __name__ == "__main__":
    try:
        serve(Settings())
    except KeyboardInterrupt:
        sys.exit(0)
