import pytest
from starlette.testclient import TestClient

from gate.uploads import CHUNK_BYTES, IN_MEMORY_BYTES
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
