"""The page's head, and an ASGI wrapper that touches nothing but HTML."""

import asyncio
import html
import json
import re
from typing import Any

import pytest

from texts import Language
from ui.page_head import PageHead, with_head

GRADIO_HEAD = b"""<!doctype html>
<html
	lang="en"
	style="margin: 0">
	<head>
		<meta charset="utf-8" />
		<script>window.gradio_config = {};</script>
		<link rel="manifest" href="/manifest.json" />
	</head></html>"""


@pytest.mark.parametrize(("language", "tag"), [("en", b'lang="en"'), ("zh", b'lang="zh-CN"')])
def test_the_page_names_its_language(language: Language, tag: bytes) -> None:
    assert tag in with_head(GRADIO_HEAD, language)


def test_our_script_stands_before_gradios_own() -> None:
    page = with_head(GRADIO_HEAD, "en")
    assert 0 < page.index(b"/static/demo.js") < page.index(b"window.gradio_config")


def test_our_sentences_come_with_the_page_in_its_language() -> None:
    page = with_head(GRADIO_HEAD, "zh").decode()
    match = re.search(r'name="glip-sentences" content="([^"]*)"', page)
    assert match is not None
    assert json.loads(html.unescape(match[1]))["missing"] == "未找到"


def test_no_manifest_is_asked_for() -> None:
    assert b"manifest" not in with_head(GRADIO_HEAD, "en")


def answer(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Send messages through PageHead and return what came out."""
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(PageHead(app, language="zh")({"type": "http"}, None, send))  # type: ignore[arg-type]  # nothing is received
    return sent


def start(content_type: bytes, length: int) -> dict[str, Any]:
    headers = [(b"content-type", content_type), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def body(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


def test_html_in_pieces_comes_out_whole_with_its_new_length() -> None:
    half = len(GRADIO_HEAD) // 2
    head, whole = answer(
        start(b"text/html; charset=utf-8", len(GRADIO_HEAD)),
        body(GRADIO_HEAD[:half], more=True),
        body(GRADIO_HEAD[half:]),
    )
    assert whole["body"] == with_head(GRADIO_HEAD, "zh")
    assert dict(head["headers"])[b"content-length"] == str(len(whole["body"])).encode()


def test_a_stream_of_events_is_passed_on_piece_by_piece() -> None:
    messages = [start(b"text/event-stream", 2), body(b"a", more=True), body(b"b")]
    assert answer(*messages) == messages


def test_an_answer_to_head_keeps_the_length_it_announced() -> None:
    messages = [start(b"text/html", 40_000), body(b"")]
    head, whole = answer(*messages)
    assert dict(head["headers"])[b"content-length"] == b"40000"
    assert whole["body"] == b""


def test_gradios_english_words_come_with_ours() -> None:
    meta = re.search(rb'name="glip-words" content="([^"]*)"', with_head(GRADIO_HEAD, "zh"))
    assert meta
    words = json.loads(html.unescape(meta[1].decode()))
    assert words["Fullscreen"] == "全屏"
    assert words["range slider for 阈值"] == "滑块：阈值"
