import pytest

from gate.events import file_references, parse_event
from gate.refusal import Refusal

NESTED = b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"x"', b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000, b"null", NESTED]
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal, match="400"):
        parse_event(body)


def test_files_are_found_wherever_they_hide() -> None:
    event = {
        "data": [{"path": "/a"}, [[{"image": {"path": "/b", "url": None}}]], "path", 3],
        "event_data": {"value": {"url": "http://x"}},
        "session_hash": "abc",
    }
    assert list(file_references(event)) == [
        {"path": "/a"},
        {"path": "/b", "url": None},
        {"url": "http://x"},
    ]
