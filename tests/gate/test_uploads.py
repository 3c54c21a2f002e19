import asyncio
import errno
from collections.abc import AsyncGenerator

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from gate.refusal import Refusal
from gate.uploads import CHUNK_BYTES, IN_MEMORY_BYTES, Uploads
from tests.gate.house import House

UPLOAD = "/demo/en/gradio_api/upload"


@pytest.fixture
def ann(house: House) -> TestClient:
    browser = house.browser()
    browser.get("/")
    return browser


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, IN_MEMORY_BYTES + 1, 3 * IN_MEMORY_BYTES])
def test_a_file_arrives_as_it_was_sent(house: House, ann: TestClient, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert ann.post(UPLOAD, files={"files": ("a.png", content)}).status_code == 200
    body = house.inner.requests[-1]["body"]
    assert body.count(content) >= 1
    assert body.endswith(b"--\r\n")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 400),
        (b"nonsense", "multipart/form-data; boundary=b", 400),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 400),
    ],
)
def test_what_is_no_form_with_a_file_does_not_arrive(
    house: House, ann: TestClient, body: bytes, kind: str, status: int
) -> None:
    answer = ann.post(UPLOAD, content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert len(house.inner.requests) == 1


def test_a_full_disk_is_said() -> None:
    async def full() -> AsyncGenerator[bytes, None]:
        yield b"--b\r\n"
        raise OSError(errno.ENOSPC, "No space left on device")

    refusal = asyncio.run(outcome(Uploads(never), full()))
    assert (refusal.status, refusal.key) == (507, "errors.not_saved")


def test_a_client_that_leaves_in_the_middle_sends_nothing_on() -> None:
    async def left() -> AsyncGenerator[bytes, None]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nx'

    assert asyncio.run(outcome(Uploads(never), left())).status == 400


async def outcome(uploads: Uploads, body: AsyncGenerator[bytes, None]) -> Refusal:
    """Send the body and hang up; return what the leg refuses with."""
    headers = [(b"content-type", b"multipart/form-data; boundary=b")]

    async def receive() -> Message:
        async for chunk in body:
            return {"type": "http.request", "body": chunk, "more_body": True}
        return {"type": "http.disconnect"}

    with pytest.raises(Refusal) as refused:
        await uploads({"type": "http", "path": UPLOAD, "headers": headers}, receive, nothing)
    return refused.value


async def never(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("the upload was let through")


async def nothing(message: Message) -> None:
    raise AssertionError(message)
