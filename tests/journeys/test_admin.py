"""The admin page over HTTP: whoever is no admin gets nothing of it, however he asks."""

import json
from typing import Any

import httpx
import pytest

from tests.conftest import SignIn

API = "/admin/en/gradio_api"
TAB = "a7dminpage1"


@pytest.fixture
def admin(sign_in: SignIn) -> httpx.Client:
    return sign_in("admin")


@pytest.fixture
def guest(sign_in: SignIn) -> httpx.Client:
    client = sign_in("guest")
    client.get("/demo/en/")
    return client


def handlers(admin: httpx.Client) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = admin.get("/admin/en/config").json()["dependencies"]
    assert len(events) >= 12
    return events


def join(client: httpx.Client, event: dict[str, Any], value: str = "x") -> httpx.Response:
    body = {"data": [value] * len(event["inputs"]), "fn_index": event["id"], "session_hash": TAB}
    return client.post(f"{API}/queue/join", json=body)


@pytest.mark.parametrize(
    "path", ["", "/", "/en", "/en/", "/zh/config", "/en/theme.css", "/nothing"]
)
def test_a_guest_sees_no_page(guest: httpx.Client, path: str) -> None:
    assert guest.get(f"/admin{path}").status_code == 403


def test_a_guest_s_browser_is_told_why(guest: httpx.Client) -> None:
    headers = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Accept-Language": "zh"}
    answer = guest.get("/admin/", headers=headers)
    assert answer.status_code == 403
    assert "您的账号无权访问此内容" in answer.text


def test_a_guest_runs_no_handler(guest: httpx.Client, admin: httpx.Client) -> None:
    events = handlers(admin)
    assert {join(guest, event).status_code for event in events} == {403}
    for kind in ("call/x", "run/x", "call/v2/x", "api/x"):
        assert guest.post(f"{API}/{kind}", json={"data": []}).status_code == 403


def test_the_demo_knows_none_of_the_admin_s_handlers(
    guest: httpx.Client, admin: httpx.Client
) -> None:
    ids = {part["id"] for part in guest.get("/demo/en/config").json()["components"]}
    page = json.dumps(guest.get("/demo/en/config").json())
    outputs = {part for event in handlers(admin) for part in event["outputs"]}
    assert "ratings-table" not in page
    assert "users-table" not in page
    assert not outputs & ids


def test_a_guest_reads_no_stream_and_no_file_of_an_admin(
    guest: httpx.Client, admin: httpx.Client
) -> None:
    overview = next(event for event in handlers(admin) if is_at_opening(event))
    assert join(admin, overview, value="30").status_code == 200
    stream = {"session_hash": TAB}
    assert guest.get(f"{API}/queue/data", params=stream).status_code == 403
    assert guest.get("/demo/en/gradio_api/queue/data", params=stream).status_code == 403
    assert '"success":true' in admin.get(f"{API}/queue/data", params=stream).text.replace(" ", "")


def is_at_opening(event: dict[str, Any]) -> bool:
    """The first event that selecting a tab starts is the first tab's, which opens with the page."""
    return any(name == "select" for _, name in event["targets"])


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
def test_an_admin_is_led_to_the_page_in_a_language(
    sign_in: SignIn, language: str, other: str
) -> None:
    admin = sign_in("admin", language=language)
    assert admin.get("/admin", follow_redirects=True).url.path == f"/admin/{language}/"
    chosen = admin.get(f"/admin/?lang={other}", follow_redirects=True)
    assert chosen.url.path == f"/admin/{other}/"
    assert "/static/admin.css" in chosen.text
    assert admin.get("/admin", follow_redirects=True).url.path == f"/admin/{other}/"
