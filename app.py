"""Composition root: takes the parts, mounts api and ui behind the gate, serves.

`python app.py` serves.
"""

import os
import sys
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from accounts.directory import UserDirectory
from api.errors import add_error_handlers
from api.openapi import describe_api
from api.routes.detect import detect_router
from api.routes.docs import docs_router
from api.routes.export import export_router
from api.routes.feedback import feedback_router
from api.routes.health import health_router
from api.routes.models import models_router
from api.routes.results import results_router
from api.routes.sessions import sessions_router
from config import VERSION, Settings
from feedback.export.formats import FormatName
from gate.gate import Gate
from house.parts import BuildDetector, Parts, build_parts, model_stock
from house.patience import PatientProtocol
from house.rules import gate_rules, uploads_folder
from house.upkeep import lifespan
from monitoring.logs import configure_logs
from texts import say, terminal_language
from ui.admin.services import AdminServices
from utils.clock import Clock, SystemClock

ROOT = Path(__file__).parent
# Read by Gradio and its friends at import: no analytics, no hub, no shared temporary folder.
ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def create_app(
    settings: Settings, *, build: BuildDetector | None = None, clock: Clock | None = None
) -> Gate:
    """Return the whole application behind its gate. `build` makes a detector from its name."""
    parts = build_parts(settings, clock or SystemClock(), model_stock(settings, build))
    inner = FastAPI(
        title="glip-demo",
        version=VERSION,
        lifespan=partial(lifespan, parts),
        docs_url=None,
        redoc_url=None,
    )
    add_error_handlers(inner)
    inner.include_router(detect_router(parts.service))
    inner.include_router(models_router(parts.service.shelf))
    inner.include_router(results_router(parts.results, parts.service))
    inner.include_router(feedback_router(parts.desk))
    inner.include_router(sessions_router(parts.desk, parts.forgetting))
    inner.include_router(
        export_router(
            parts.archive,
            picture_of=parts.kept_images.path_of,
            clock=parts.clock,
            app_version=VERSION,
        )
    )
    inner.include_router(docs_router(ROOT / "templates"))
    inner.include_router(
        health_router(parts.service, parts.relay, hung_after_s=settings.deadline_s)
    )
    inner.mount("/static", StaticFiles(directory=ROOT / "static"))
    icon = RedirectResponse("/static/favicon.svg")
    inner.add_api_route("/favicon.ico", lambda: icon, include_in_schema=False)
    inner.add_api_route("/", lambda: RedirectResponse("/demo/"), include_in_schema=False)
    describe_api(inner)
    mount_page(inner, parts)
    return Gate(
        inner,
        authenticator=parts.authenticator,
        sessions=parts.sessions,
        limits=parts.limits,
        rules=gate_rules(settings),
        metrics=parts.metrics,
        clock=parts.clock,
        holdings=parts.holdings,
    )


def mount_page(inner: FastAPI, parts: Parts) -> None:
    """Mount the pages; Gradio reads the environment when it is imported, so it is set first."""
    folders = {
        "GRADIO_TEMP_DIR": uploads_folder(parts.settings),
        "MPLCONFIGDIR": parts.settings.data_dir.absolute() / "matplotlib",
    }
    for name, value in {**ENVIRONMENT, **folders}.items():
        os.environ.setdefault(name, str(value))
    from ui.light_gradio import import_gradio  # noqa: PLC0415 - see above

    import_gradio()
    from ui.admin.mount import mount_admin  # noqa: PLC0415 - see above
    from ui.mount import mount_demo  # noqa: PLC0415 - see above

    mount_demo(
        inner,
        service=parts.service,
        desk=parts.desk,
        results=parts.results,
        forgetting=parts.forgetting,
        history=parts.history,
        examples_dir=ROOT / "examples",
        max_upload_bytes=parts.settings.max_image_bytes,
    )
    mount_admin(inner, admin_services(parts))


def admin_services(parts: Parts) -> AdminServices:
    """What the admin page speaks to."""
    return AdminServices(
        archive=parts.archive,
        users=parts.users,
        service=parts.service,
        metrics=parts.metrics,
        clock=parts.clock,
        version=VERSION,
        find_picture=parts.kept_images.path_of,
        export_formats=tuple(FormatName),
    )


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop. Prints the first passwords, once."""
    configure_logs(settings.log_level)
    application = create_app(settings)
    announce(settings, UserDirectory(settings.database).ensure_first_users())
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        http=PatientProtocol,
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


if __name__ == "__main__":
    try:
        serve(Settings())
    except KeyboardInterrupt:
        sys.exit(0)
