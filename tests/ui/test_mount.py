"""The mounted page: closed without a gate, blind to this machine's files, deaf to other origins."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.fakes import image_bytes
from tests.ui.conftest import state_of
from ui.mount import mount_demo
from ui.services import Services

CANARY = "canary-5f1c"


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    folder = tmp_path / "examples"
    folder.mkdir()
    (folder / "a.png").write_bytes(image_bytes())
    scene = {
        "file": "a.png",
        "prompt": {"en": "a dog", "zh": "一只狗"},
        "credit": {"en": "us", "zh": "我们"},
    }
    (folder / "examples.json").write_text(json.dumps([scene]), "utf-8")
    return folder


@pytest.fixture
def inner(services: Services, examples: Path) -> FastAPI:
    app = FastAPI()
    mount_demo(
        app,
        service=services.service,
        desk=services.desk,
        results=services.results,
        forgetting=services.forgetting,
        history=services.history,
        examples_dir=examples,
        max_upload_bytes=2**20,
    )
    return app


@pytest.fixture
def guest(inner: FastAPI) -> Iterator[TestClient]:
    """A client that the gate has let in."""

    async def gate(scope: Any, receive: Any, send: Any) -> None:
        await inner(scope | {"state": {**scope.get("state", {}), **state_of()}}, receive, send)

    with TestClient(gate, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("path", ["", "config", "gradio_api/queue/data?session_hash=x"])
def test_without_a_gate_gradio_itself_refuses(inner: FastAPI, path: str) -> None:
    with TestClient(inner) as stranger:
        assert stranger.get(f"/demo/en/{path}").status_code == 401


def test_the_address_of_the_page_leads_to_a_page(guest: TestClient) -> None:
    page = guest.get("/demo/")
    assert page.url.path == "/demo/en/"
    assert "/static/demo.js" in page.text


@pytest.mark.parametrize(
    "path", ["openapi.json", "docs", "redoc", "monitoring", "monitoring/summary", "gradio_api/mcp"]
)
def test_what_we_do_not_use_is_off(guest: TestClient, path: str) -> None:
    assert guest.get(f"/demo/en/{path}").status_code >= 400


def test_the_page_offers_none_of_gradios_own_links(guest: TestClient) -> None:
    config = guest.get("/demo/zh/config").json()
    assert config["footer_links"] == []
    assert not config["run_history"]
    assert not config["show_error"]
    assert not config["mcp_server"]
    assert config["max_file_size"] == 2**20


def test_no_other_origin_is_welcomed(guest: TestClient) -> None:
    headers = {"Origin": "https://evil.example", "Host": "demo.test"}
    answer = guest.get("/demo/en/config", headers=headers)
    assert "access-control-allow-origin" not in answer.headers


def test_a_file_of_this_machine_is_never_read(
    guest: TestClient, tmp_path: Path, temporary_files: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    events = ask_about(guest, {"path": str(secret), "meta": {"_type": "gradio.FileData"}})
    assert '"success":false' in events.replace(" ", "")
    assert CANARY not in events
    copies = [path for path in temporary_files.rglob("*") if path.is_file()]
    assert all(CANARY.encode() not in path.read_bytes() for path in copies)
    assert guest.get(f"/demo/en/gradio_api/file={secret}").status_code in {403, 404}


@pytest.mark.parametrize("number", [-1, 999, 10**30])
def test_an_event_that_does_not_exist_is_not_found(guest: TestClient, number: int) -> None:
    body = {"data": [], "fn_index": number, "session_hash": "abc"}
    answer = guest.post("/demo/en/gradio_api/queue/join", json=body)
    assert answer.status_code == 404


def test_what_gradio_cannot_read_is_one_line_of_the_log_without_its_words(
    guest: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    body = {
        "data": ["0" * 32, CANARY, "", False, 0.5],
        "fn_index": event_of(guest, "send"),
        "session_hash": "abc",
    }
    assert guest.post("/demo/en/gradio_api/queue/join", json=body).status_code == 200
    events = guest.get("/demo/en/gradio_api/queue/data?session_hash=abc").text
    assert '"success":false' in events.replace(" ", "")
    told = [line for line in caplog.messages if "could not carry out" in line]
    assert any("Error at " in line and "radio.py:" in line for line in told)
    assert CANARY not in caplog.text
    assert "Traceback" not in "".join(capfd.readouterr())


def ask_about(guest: TestClient, picture: dict[str, Any]) -> str:
    """Join the page's queue with a picture of our own making; return the whole event stream."""
    fn_index = event_of(guest, "detect")
    body = {"data": [picture, "a dog", 0.5], "fn_index": fn_index, "session_hash": "abc"}
    assert guest.post("/demo/en/gradio_api/queue/join", json=body).status_code == 200
    return guest.get("/demo/en/gradio_api/queue/data?session_hash=abc").text


def event_of(guest: TestClient, button: str) -> int:
    """Return the number of the event that a click on the button is."""
    config = guest.get("/demo/en/config").json()
    ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
    (event,) = (
        event for event in config["dependencies"] if [ids[button], "click"] in event["targets"]
    )
    return int(event["id"])
