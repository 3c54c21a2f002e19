import pytest
from starlette.responses import PlainTextResponse

from gate.headers import HEADERS, caching
from tests.gate.house import House

PLACES = [
    ("ann", "GET", "/", {}, 200),
    ("ann", "GET", "/demo/en/", {}, 200),
    (None, "GET", "/healthz", {}, 200),
    (None, "GET", "/", {}, 401),
    (None, "GET", "/", {"Accept": "text/html"}, 401),
    ("ann", "GET", "/nothing", {}, 404),
    ("ann", "DELETE", "/api/detect", {}, 405),
    ("ann", "GET", "/", {"Host": "evil.example"}, 421),
    ("ann", "POST", "/api/detect", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("ann", "GET", "/api/models", {}, 500),
]


@pytest.mark.parametrize(("user", "method", "path", "sent", "status"), PLACES)
def test_every_answer_forbids_what_it_can(  # noqa: PLR0917 - the columns of the table
    house: House, user: str | None, method: str, path: str, sent: dict[str, str], status: int
) -> None:
    if status == 500:
        house.inner.respond = lambda _: PlainTextResponse("Internal Server Error", 500)
    answer = house.browser(user).request(method, path, headers=sent)
    assert answer.status_code == status
    assert set(map(str.lower, HEADERS)) <= set(answer.headers)
    assert answer.headers["x-frame-options"] == "DENY"
    assert "unsafe-eval" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/demo/en/assets/index-DphvyggB.js", "private, max-age=31536000, immutable"),
        ("/demo/en/assets/index.js", "private, no-cache"),
        ("/demo/en/static/fonts/a.woff2", "private, no-cache"),
        ("/static/demo.css", "private, no-cache"),
        ("/demo/en/gradio_api/file=/data/a.png", "no-store"),
        ("/api/models", "no-store"),
        ("/", "no-store"),
    ],
)
def test_only_what_is_named_by_its_content_is_kept(path: str, policy: str) -> None:
    assert caching(path) == policy
