import asyncio

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from gate.refusal import Refusal
from tests.gate.house import House


def test_a_websocket_is_closed_before_anybody_hears_it(house: House) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        house.browser().websocket_connect("/demo/en/gradio_api/queue/join"),
    ):
        pass
    assert closed.value.code == 1008
    assert house.inner.requests == []


def test_start_up_and_shutdown_reach_the_application(house: House) -> None:
    heard: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(scope["type"])
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})

    with TestClient(house.gate(app)):
        assert heard == ["lifespan"]


def test_a_refusal_comes_too_late_once_the_answer_has_begun(house: House) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise Refusal(413, "gate.body_too_large", facts={"limit": 1})

    with pytest.raises(Refusal):
        house.browser(gate=house.gate(app)).get("/")


def test_what_a_caller_puts_into_the_state_does_not_pass_for_a_user(house: House) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"127.0.0.1")],
        "client": None,
        "state": {"user": "root", "session_id": "0" * 32},
    }
    asyncio.run(house.gate()(scope, receive, send))
    assert sent[0]["status"] == 401
