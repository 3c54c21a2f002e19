"""A real Gradio page behind the gate, on a real server: tabs, uploads and results stay private."""

import json
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from gate.gate import GateRules
from tests.gate.house import House
from tests.live import serving

API = "/demo/en/gradio_api"
MAX_BODY = 2**20
TAB = "p7evte6c38m"
FORM = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gradio")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    app = FastAPI()
    page = build_page(folder)
    page.has_launched = True
    gr.mount_gradio_app(app, page, "/demo/en", show_error=False, run_history=False, ssr_mode=False)
    house = House(folder / "glip.sqlite3", rules=GateRules(max_body_bytes=MAX_BODY))
    with serving(house.gate(app)) as address:
        yield address


def build_page(folder: Path) -> gr.Blocks:
    """One event: a text and a file come in, the file's name and a new file come out."""

    def answer(text: str, file: str | None) -> tuple[str, str]:
        out = folder / f"{text}.txt"
        out.write_text(f"the answer to {text}")
        return Path(file).name if file else "no file", str(out)

    page: gr.Blocks
    with gr.Blocks() as page:
        inputs = [gr.Textbox(), gr.File()]
        gr.Button().click(answer, inputs, [gr.Textbox(), gr.File()], api_visibility="private")
    page.allowed_paths = [str(folder)]
    return page


@pytest.fixture
def ann(address: str) -> Iterator[httpx.Client]:
    yield from browser(address, "ann")


@pytest.fixture(params=["bob", "ann", "root"], ids=["another user", "elsewhere", "an admin"])
def stranger(address: str, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    yield from browser(address, request.param)


def browser(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, auth=(name, "any password"), timeout=30) as client:
        client.get("/demo/en/")
        yield client


def upload(
    client: httpx.Client, content: bytes = b"a picture", field: str = "files"
) -> httpx.Response:
    return client.post(f"{API}/upload", files={field: ("图 1.txt", content)})


def join(
    client: httpx.Client, text: str, path: str | None = None, tab: str = TAB
) -> httpx.Response:
    file = {"path": path, "meta": {"_type": "gradio.FileData"}} if path else None
    event = {"data": [text, file], "fn_index": 0, "session_hash": tab}
    return client.post(f"{API}/queue/join", json=event)


def result(client: httpx.Client, tab: str = TAB) -> list[object]:
    """Read the tab's stream until Gradio closes it; return the event's output."""
    stream = client.get(f"{API}/queue/data", params={"session_hash": tab})
    messages = [json.loads(line[6:]) for line in stream.text.splitlines() if line]
    (completed,) = [one for one in messages if one["msg"] == "process_completed"]
    data: list[object] = completed["output"]["data"]
    return data


def test_a_question_with_a_file_is_answered_with_a_file(ann: httpx.Client) -> None:
    (path,) = upload(ann).json()
    assert ann.get(f"{API}/file={path}").content == b"a picture"
    assert join(ann, "question", path, tab="a1").status_code == 200
    name, out = result(ann, tab="a1")
    assert name == "图 1.txt"
    assert isinstance(out, dict)
    assert ann.get(out["url"]).text == "the answer to question"


def test_nobody_else_gets_the_upload_or_sends_it(ann: httpx.Client, stranger: httpx.Client) -> None:
    (path,) = upload(ann).json()
    assert stranger.get(f"{API}/file={path}").status_code == 404
    assert join(stranger, "mine", path, tab="b1").status_code == 403


def test_nobody_else_gets_the_answer(ann: httpx.Client, stranger: httpx.Client) -> None:
    tab = f"c{id(stranger)}"
    join(ann, "private", tab=tab)
    assert stranger.get(f"{API}/queue/data", params={"session_hash": tab}).status_code == 403
    cancel = {"session_hash": tab, "fn_index": 0, "event_id": "x"}
    assert stranger.post(f"{API}/cancel", json=cancel).status_code == 403
    assert join(stranger, "injected", tab=tab).status_code == 403
    _, out = result(ann, tab=tab)
    assert isinstance(out, dict)
    assert stranger.get(out["url"]).status_code == 404
    assert ann.get(out["url"]).text == "the answer to private"


def test_no_file_of_the_machine_comes_out(ann: httpx.Client, folder: Path) -> None:
    secret = folder / "secret.txt"
    secret.write_text("canary")
    (own,) = upload(ann).json()
    paths = [
        str(secret),
        f"{own}/../../../{secret}",
        f"{Path(own).parent}/../secret.txt",
        f"file://{secret}",
        "/etc/passwd",
        "http://127.0.0.1:9/",
    ]
    for number, path in enumerate(paths):
        assert ann.get(f"{API}/file={path}").status_code == 404, path
        assert join(ann, "read", path, tab=f"d{number}").status_code == 403, path


def test_what_is_refused_leaves_no_file(ann: httpx.Client) -> None:
    uploads = uploaded_files(ann)
    before = set(uploads.rglob("*"))
    two = [("files", ("a", b"x")), ("files", ("b", b"x"))]
    refused = [
        upload(ann, b"x" * (MAX_BODY + 1)),
        upload(ann, b"x" * 1000, field="other"),
        ann.post(f"{API}/upload", files=two),
        ann.post(f"{API}/upload", files={"files": ("a", b"x")}, data={"text": "x" * 1000}),
        ann.post(f"{API}/upload", content=b"--b", headers=FORM),
        ann.post(f"{API}/upload", content=endless_form(), headers=FORM),
    ]
    assert [answer.status_code for answer in refused] == [413, 400, 400, 400, 400, 413]
    assert set(uploads.rglob("*")) == before


def endless_form() -> Iterator[bytes]:
    """A chunked body whose file grows beyond the limit."""
    yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
    yield from [b"x" * (MAX_BODY // 20)] * 21


def uploaded_files(client: httpx.Client) -> Path:
    """Where Gradio keeps uploads."""
    (path,) = upload(client).json()
    return Path(path).parent.parent


def test_strangers_open_no_stream(address: str) -> None:
    for path in (f"{API}/heartbeat/{TAB}", f"{API}/queue/data?session_hash={TAB}"):
        assert httpx.get(address + path).status_code == 401
