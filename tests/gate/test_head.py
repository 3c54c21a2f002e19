import pytest

from tests.gate.house import House


@pytest.mark.parametrize(("user", "path"), [("ann", "/"), ("ann", "/docs"), (None, "/healthz")])
def test_head_answers_as_get_would_without_the_body(
    house: House, user: str | None, path: str
) -> None:
    answer = house.browser(user).head(path)
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 0
    assert house.inner.requests[0]["method"] == "GET"


def test_head_opens_no_stream(house: House) -> None:
    answer = house.browser().head("/demo/en/gradio_api/heartbeat/abc")
    assert answer.status_code == 405
    assert house.inner.requests == []
