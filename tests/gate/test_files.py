import json

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.testclient import TestClient

from gate.files import is_own_url
from tests.gate.house import FILE, House

API = "/demo/en/gradio_api"
OWN = "/data/uploads/ab12/图 1.png"
URL = f"http://127.0.0.1{API}/file={OWN}"
STREAM = b'data: {"output": {"data": [{"path": "/data/out.webp"}]}}\n\n'


def gradio(request: Request) -> Response:
    """Show a path on each of Gradio's ways."""
    match request.url.path.removeprefix("/demo/en"):
        case "/gradio_api/upload":
            return JSONResponse([OWN])
        case "/gradio_api/queue/data":
            return Response(STREAM, media_type="text/event-stream")
        case "/":
            config = json.dumps({"components": [{"value": {"path": "/data/example.png"}}]})
            return HTMLResponse(f"<script>window.gradio_config = {config};</script>")
        case "/config":
            return JSONResponse({"components": [{"value": {"path": "/data/example2.png"}}]})
        case _:
            return PlainTextResponse("the file")


@pytest.fixture
def ann(house: House) -> TestClient:
    house.inner.respond = gradio
    browser = house.browser("ann", gate=house.gate())
    browser.get("/demo/en/config")
    browser.post(f"{API}/upload", files=FILE)
    return browser


def stranger(house: House, ann: TestClient, name: str = "bob") -> TestClient:
    browser = house.browser(name, gate=ann.app)  # type: ignore[arg-type] # the same gate
    browser.get("/")
    return browser


def send(browser: TestClient, *data: object) -> int:
    event = {
        "data": data,
        "fn_index": 0,
        "session_hash": "abc" + browser.cookies["glip_session"][:9],
    }
    return browser.post(f"{API}/queue/join", json=event).status_code


def fetch(browser: TestClient, path: str) -> int:
    return browser.get(f"{API}/file={path}").status_code


def test_whoever_uploaded_a_file_fetches_and_sends_it(ann: TestClient) -> None:
    assert fetch(ann, OWN) == 200
    assert send(ann, {"path": OWN, "url": URL, "meta": {"_type": "gradio.FileData"}}) == 200


@pytest.mark.parametrize("name", ["bob", "ann", "root"])
def test_nobody_else_does_not_even_the_same_account_elsewhere(
    house: House, ann: TestClient, name: str
) -> None:
    other = stranger(house, ann, name)
    reached = len(house.inner.requests)
    assert fetch(other, OWN) == 404
    assert send(other, {"path": OWN}) == 403
    assert send(other, [[{"image": {"path": OWN}}]]) == 403
    assert len(house.inner.requests) == reached


def test_a_result_belongs_to_the_session_whose_stream_told_it(
    house: House, ann: TestClient
) -> None:
    send(ann, "text")
    tab = "abc" + ann.cookies["glip_session"][:9]
    assert fetch(ann, "/data/out.webp") == 404
    ann.get(f"{API}/queue/data", params={"session_hash": tab})
    assert fetch(ann, "/data/out.webp") == 200
    assert fetch(stranger(house, ann), "/data/out.webp") == 404


def test_examples_belong_to_everybody_once_a_page_has_shown_them(
    house: House, ann: TestClient
) -> None:
    other = stranger(house, ann)
    assert fetch(other, "/data/example.png") == 404
    assert fetch(other, "/data/example2.png") == 200
    ann.get("/demo/en/")
    assert fetch(other, "/data/example.png") == 200


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/data/uploads/ab12/../../glip.sqlite3",
        OWN + "/../x",
        "/data/glip.sqlite3",
        "http://127.0.0.1:9464/metrics",
        "file:///etc/passwd",
    ],
)
def test_nothing_that_was_not_shown_is_served_or_taken(ann: TestClient, path: str) -> None:
    assert fetch(ann, path) == 404
    assert send(ann, {"path": path}) == 403


@pytest.mark.parametrize(
    "reference",
    [
        {"url": URL},
        {"path": None, "url": URL},
        {"path": OWN, "url": "http://evil.example" + URL.removeprefix("http://127.0.0.1")},
        {"path": OWN, "url": "http://127.0.0.1/other"},
        {"path": OWN, "url": f"http://127.0.0.1{API}/file=/etc/passwd"},
        {"path": OWN, "url": "data:image/png;base64,AAAA"},
        {"path": OWN, "url": 7},
        {"path": [OWN]},
        {"path": "http://169.254.169.254/", "url": None},
    ],
)
def test_a_reference_to_anything_else_is_refused(
    house: House, ann: TestClient, reference: dict[str, object]
) -> None:
    reached = len(house.inner.requests)
    assert send(ann, reference) == 403
    assert len(house.inner.requests) == reached


def test_what_was_checked_is_what_arrives(house: House, ann: TestClient) -> None:
    body = b'{"data": [{"path": "/etc/passwd"}], "data": [], "session_hash": "abc"}'
    answer = ann.post(
        f"{API}/queue/join", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200
    assert json.loads(house.inner.requests[-1]["body"]) == {"data": [], "session_hash": "abc"}
    assert b"passwd" not in house.inner.requests[-1]["body"]


def test_a_refused_upload_teaches_nothing(house: House) -> None:
    house.inner.respond = lambda _: JSONResponse(["/data/x.png"], 413)
    browser = house.browser()
    browser.get("/")
    browser.post(f"{API}/upload", files=FILE)
    assert fetch(browser, "/data/x.png") == 404


def test_odd_ranges_do_not_reach_gradio(house: House, ann: TestClient) -> None:
    ann.get(f"{API}/file={OWN}", headers={"Range": "bytes=0-0-0"})
    assert "range" not in house.inner.requests[-1]["headers"]


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://h/file=/a b", True),
        ("https://h/file=/a%20b", True),
        ("http://h:80/file=/a b", False),
        ("//h/file=/a b", False),
        ("/file=/a b", False),
        ("http://[h/file=/a b", False),
        ("http://h@evil/file=/a b", False),
        ("http://h/file=/a b/../c", False),
    ],
)
def test_an_address_is_ours_if_it_names_this_host_and_path(url: str, *, own: bool) -> None:
    assert is_own_url(url, "h", "/file=/a b") is own
