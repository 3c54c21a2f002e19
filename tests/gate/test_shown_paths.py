import json

import pytest

from gate.shown_paths import paths_shown, read_config, read_page, read_stream, read_upload


def message(**output: object) -> bytes:
    return b"data: " + json.dumps({"msg": "process_completed", **output}).encode() + b"\n\n"


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({"path": "/a", "url": "http://x/file=/a"}, ["/a"]),
        ([[{"image": {"path": "/a"}}, {"image": {"path": "/b"}}]], ["/a", "/b"]),
        ([["replace", ["path"], "/a"]], ["/a"]),
        ([["replace", [0, "image", "path"], "/a"]], ["/a"]),
        ([["replace", ["orig_name"], "/a"]], []),
        ({"path": {"type": "string"}}, []),
        ({"path": "https://example.com/bus.png"}, []),
        ([["replace", ["path"], "http://example.com/"]], []),
        (["/a", "path", "/b"], []),
        ('{"path": "/a"}', []),
        (None, []),
    ],
)
def test_paths_are_what_stands_under_path(value: object, paths: list[str]) -> None:
    assert list(paths_shown(value)) == paths


def test_a_stream_is_read_message_by_message_however_it_is_cut() -> None:
    stream = (
        message(output={"data": [{"path": "/a"}]}) + b": comment\n\n" + message(x={"path": "/b"})
    )
    seen: list[str] = []
    unread = b""
    for start in range(0, len(stream), 7):
        paths, unread = read_stream(unread + stream[start : start + 7], _is_complete=False)
        seen += paths
    assert seen == ["/a", "/b"]
    assert unread == b""


def test_what_somebody_typed_is_no_path() -> None:
    typed = '"path": "/secret"}'
    paths, _ = read_stream(
        message(output={"data": [typed, [typed], {"text": typed}]}), _is_complete=False
    )
    assert list(paths) == []


def test_a_page_is_read_for_its_configuration() -> None:
    page = (
        b'<script>window.gradio_config = {"a": [{"path": "/a;}</x>"}]};</script>'
        b'<script>window.gradio_api_info = {"path": "/no"};</script>'
    )
    assert list(read_page(page)) == ["/a;}</x>"]
    assert list(read_page(b"<html></html>")) == []


def test_uploads_and_configurations_are_json() -> None:
    assert list(read_upload(b'["/a", 3]')) == ["/a"]
    assert list(read_config(b'{"components": [{"value": {"path": "/a"}}]}')) == ["/a"]
