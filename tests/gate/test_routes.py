import pytest

from gate.routes import is_public, methods_of, page_route
from tests.gate.house import House

READ = {"GET", "HEAD"}
OPEN = [
    ("/", READ),
    ("/static/demo.css", READ),
    ("/docs", READ),
    ("/openapi.json", READ),
    ("/api/detect", {"POST"}),
    ("/api/models", READ),
    ("/api/feedback", {"POST"}),
    (f"/api/feedback/{'0a' * 16}", {"DELETE"}),
    (f"/api/sessions/{'0a' * 16}", {"DELETE"}),
    ("/api/sessions/me", {"DELETE"}),
    ("/api/sessions/me/feedback", READ),
    ("/demo", READ),
    ("/demo/", READ),
    ("/demo/zh", READ),
    ("/demo/zh/", READ),
    ("/demo/en/config", READ),
    ("/demo/en/theme.css", READ),
    ("/demo/en/assets/index-DphvyggB.js", READ),
    ("/demo/en/gradio_api/queue/join", {"POST"}),
    ("/demo/en/gradio_api/queue/data", {"GET"}),
    ("/demo/en/gradio_api/heartbeat/p7evte6c38m", {"GET"}),
    ("/demo/en/gradio_api/reset", {"POST"}),
    ("/demo/en/gradio_api/upload", {"POST"}),
    ("/demo/en/gradio_api/file=/data/uploads/ab/a b.png", READ),
    ("/admin", READ),
    ("/admin/zh/", READ),
    ("/admin/en/gradio_api/queue/join", {"POST"}),
    ("/admin/en/gradio_api/file=/data/uploads/ab/a b.png", READ),
]
CLOSED = [
    "/healthz/",
    "/metrics",
    "/api",
    "/api/detect/",
    "/api/feedback/me",
    "/api/feedback/" + "A" * 32,
    "/api/sessions",
    "/api/sessions/you",
    "/api/sessions/" + "a" * 33,
    "/api/sessions/me/",
    "/admin/en/gradio_api/upload",
    "/admin/en/gradio_api/upload_progress",
    "/admin/en/gradio_api/call/x",
    "/demo/fr/",
    "/demo/config",
    "/demo/en/login",
    "/demo/en/logout",
    "/demo/en/monitoring/summary",
    "/demo/en/dev/reload",
    "/demo/en/svelte/x",
    "/demo/en/gradio_api/info",
    "/demo/en/gradio_api/openapi.json",
    "/demo/en/gradio_api/run/predict",
    "/demo/en/gradio_api/api/predict",
    "/demo/en/gradio_api/call/predict",
    "/demo/en/gradio_api/call/v2/predict",
    "/demo/en/gradio_api/component_server",
    "/demo/en/gradio_api/custom_component/a/client/b/c",
    "/demo/en/gradio_api/deep_link",
    "/demo/en/gradio_api/file/etc/passwd",
    "/demo/en/gradio_api/heartbeat/a/b",
    "/demo/en/gradio_api/proxy=http://example.com",
    "/demo/en/gradio_api/queue/join/",
    "/demo/en/gradio_api/queue/status",
    "/demo/en/gradio_api/stream/x",
    "/demo/en/gradio_api/token",
    "/demo/en/gradio_api/user",
    "/demo/en/gradio_api/vibe-edit",
]


@pytest.mark.parametrize(("path", "methods"), OPEN)
def test_what_the_page_and_programs_need_is_listed(path: str, methods: set[str]) -> None:
    assert methods_of(path) == methods


@pytest.mark.parametrize("path", CLOSED)
def test_everything_else_does_not_exist(path: str) -> None:
    assert not methods_of(path)


@pytest.mark.parametrize(
    ("method", "path", "public"),
    [
        ("GET", "/healthz", True),
        ("HEAD", "/readyz", True),
        ("POST", "/healthz", False),
        ("GET", "/healthz/", False),
        ("GET", "//healthz", False),
        ("GET", "/HEALTHZ", False),
        ("GET", "/", False),
    ],
)
def test_only_reading_the_two_probes_is_public(method: str, path: str, *, public: bool) -> None:
    assert is_public(method, path) is public


def test_a_page_route_starts_behind_the_language() -> None:
    assert page_route("/demo/zh/config") == "/config"
    assert page_route("/demo/zh/") == "/"
    assert page_route("/demo/zh") == page_route("/api/detect") == ""


@pytest.mark.parametrize("parameter", ["page=zzz", "deep_link=abc", "a=b&all_endpoints=1"])
@pytest.mark.parametrize("path", ["/demo/en/", "/demo/en/config"])
def test_what_gradio_would_read_from_a_query_does_not_exist(
    house: House, path: str, parameter: str
) -> None:
    assert house.browser().get(f"{path}?{parameter}").status_code == 404


def test_other_methods_are_told_the_right_one(house: House) -> None:
    answer = house.browser().delete("/api/detect")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/admin", "/admin/", "/admin/en/", "/admin/en/config", "/admin/%0A"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_below_admin_guests_get_nowhere(house: House, method: str, path: str) -> None:
    answer = house.browser("ann").request(method, path)
    assert answer.status_code == 403
    assert house.inner.requests == []


def test_admins_get_in(house: House) -> None:
    assert house.browser("root").get("/admin/en/").status_code == 200
    assert house.browser("root").get("/admin/nothing").status_code == 404
