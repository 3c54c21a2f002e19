"""The real application, with the real page mounted: who has not signed in gets nowhere."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterable

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from gate.gate import Gate
from gate.routes import is_public, methods_of
from tests.fakes import FakeDetector
from tests.gate.routes_of import routes_of

# Gradio's routes below a page that nobody may call; a new one must be put here or opened.
CLOSED = """
/login /login/ /logout /svelte/{path:path} /config/ /robots.txt /pwa_icon /pwa_icon/{size}
/manifest.json /monitoring /monitoring/summary /monitoring/{key}
/gradio_api/deep_link /gradio_api/user /gradio_api/user/ /gradio_api/login_check
/gradio_api/login_check/ /gradio_api/token /gradio_api/token/ /gradio_api/app_id
/gradio_api/app_id/ /gradio_api/dev/reload /gradio_api/runs /gradio_api/runs/ /gradio_api/info
/gradio_api/info/ /gradio_api/openapi.json /gradio_api/startup-events
/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}
/gradio_api/proxy={url_path:path} /gradio_api/file/{path:path}
/gradio_api/stream/{event_id} /gradio_api/stream/{event_id}/close
/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8
/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
/gradio_api/reset/ /gradio_api/api/{api_name} /gradio_api/api/{api_name}/
/gradio_api/run/{api_name} /gradio_api/run/{api_name}/ /gradio_api/call/{api_name}
/gradio_api/call/{api_name}/ /gradio_api/call/v2/{api_name} /gradio_api/call/v2/{api_name}/
/gradio_api/call/{api_name}/{event_id} /gradio_api/call/v2/{api_name}/{event_id}
/gradio_api/component_server /gradio_api/component_server/ /gradio_api/queue/status
/gradio_api/process_recording /gradio_api/vibe-edit /gradio_api/vibe-edit/
/gradio_api/undo-vibe-edit /gradio_api/undo-vibe-edit/ /gradio_api/vibe-code
/gradio_api/vibe-code/ /gradio_api/vibe-starter-queries /gradio_api/vibe-starter-queries/
""".split()  # noqa: SIM905 - sixty quoted strings would be harder to read
GUEST = ("guest", "the guest's own word")
ADMIN = ("admin", "the admin's own word")
# What a page under /admin does not answer either, since admins upload nothing there.
UPLOADS = {"/gradio_api/upload", "/gradio_api/upload_progress"}
Call = tuple[str, str]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    """The whole application with two users; built once, for it takes seconds."""
    settings = Settings(
        _env_file=None, data_dir=tmp_path_factory.mktemp("data"), metrics_port=0, model="fake"
    )
    users = UserDirectory(settings.database)
    users.add(*GUEST, Role.GUEST)
    users.add(*ADMIN, Role.ADMIN)
    users.close()
    return create_app(settings, build=lambda _: FakeDetector())


def statuses_of(
    app: ASGIApp, calls: Iterable[Call], credentials: tuple[str, str] | None = None
) -> dict[Call, int]:
    """Make all the calls, from one loop and without a client: there are some thousand."""
    headers = [(b"host", b"127.0.0.1")]
    if credentials:
        token = b64encode(":".join(credentials).encode())
        headers.append((b"authorization", b"Basic " + token))

    async def make_all() -> dict[Call, int]:
        return {call: await status_of(app, call, headers) for call in calls}

    return asyncio.run(make_all())


async def status_of(app: ASGIApp, call: Call, headers: list[tuple[bytes, bytes]]) -> int:
    method, path = call
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "headers": headers,
        "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return statuses[0]


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "x", path)


def all_routes(application: Gate) -> list[tuple[str, str]]:
    routes = list(routes_of(application._app.routes))  # type: ignore[attr-defined] # a FastAPI
    assert len(routes) > 150
    return routes


def test_every_route_under_every_method_asks_for_a_password(application: Gate) -> None:
    paths = {filled(path) for _, path in all_routes(application)} | {"/nothing", "/healthz/", ""}
    calls = [(method, path) for path in paths for method in METHODS if not is_public(method, path)]
    statuses = statuses_of(application, calls)
    assert [call for call, status in statuses.items() if status != 401] == []


def test_the_probes_answer_anybody(application: Gate) -> None:
    statuses = statuses_of(application, [("GET", "/healthz"), ("GET", "/readyz")])
    assert list(statuses.values()) == [200, 503]  # the model is loaded when the server starts


@pytest.mark.parametrize(
    ("page", "closed"),
    [("/demo/en", set(CLOSED)), ("/admin/zh", {*CLOSED, *UPLOADS})],
    ids=["demo", "admin"],
)
def test_every_route_of_gradios_is_known_and_open_or_closed_on_purpose(
    application: Gate, page: str, closed: set[str]
) -> None:
    of_page = {
        path.removeprefix(page)
        for _, path in all_routes(application)
        if path.startswith(f"{page}/")
    }
    is_open = {path for path in of_page if methods_of(page + filled(path))}
    assert of_page - is_open == closed


@pytest.mark.parametrize(("page", "user"), [("/demo/en", GUEST), ("/admin/en", ADMIN)])
def test_a_closed_route_does_not_exist_for_users_either(
    application: Gate, page: str, user: tuple[str, str]
) -> None:
    calls = [
        (method, filled(path))
        for method, path in all_routes(application)
        if path.removeprefix(page) in CLOSED
    ]
    assert len(calls) > 50
    statuses = statuses_of(application, calls, user)
    assert set(statuses.values()) == {404}


def test_below_admin_every_route_refuses_guests(application: Gate) -> None:
    paths = {filled(path) for _, path in all_routes(application) if path.startswith("/admin")}
    assert len(paths) >= 150
    calls = [
        (method, path)
        for path in paths | {"/admin/nothing", "/admin/en/nothing"}
        for method in ("GET", "HEAD", "POST", "DELETE", "BREW")
    ]
    statuses = statuses_of(application, calls, GUEST)
    assert [call for call, status in statuses.items() if status != 403] == []


def test_the_page_opens_for_who_has_signed_in(application: Gate) -> None:
    client = TestClient(application, base_url="http://127.0.0.1")
    client.auth = GUEST
    answer = client.get("/demo/en/")
    assert answer.status_code == 200
    assert "'sha256-" in answer.headers["content-security-policy"]
