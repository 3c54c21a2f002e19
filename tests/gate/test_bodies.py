import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from gate.bodies import BodyCap, read_body
from gate.gate import GateRules
from gate.refusal import Refusal
from gate.rules import MAX_JSON_BYTES
from tests.gate.house import House

RULES = GateRules(max_body_bytes=100)
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(("size", "status"), [(100, 200), (101, 413)])
def test_a_declared_length_is_refused_before_the_body_is_read(
    house: House, size: int, status: int
) -> None:
    house.rules = RULES
    answer = house.browser().post("/api/detect", content=b"x" * size, headers=JSON)
    assert answer.status_code == status
    assert len(house.inner.requests) == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("body_type", "status"),
    [("application/json", 413), ("multipart/form-data; boundary=x", 200)],
)
def test_only_forms_may_be_as_large_as_a_picture(house: House, body_type: str, status: int) -> None:
    body = b"x" * (MAX_JSON_BYTES + 1)
    headers = {"Content-Type": body_type}
    for content in (body, iter([body])):  # of a declared length, and in chunks
        answer = house.browser().post("/api/detect", content=content, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(("pieces", "status"), [(10, 200), (11, 413)])
def test_a_chunked_body_is_counted(house: House, pieces: int, status: int) -> None:
    house.rules = RULES

    def chunks() -> Iterator[bytes]:
        yield from [b"x" * 10] * pieces

    answer = house.browser().post("/api/detect", content=chunks(), headers=JSON)
    assert answer.status_code == status
    assert answer.json().get("code", "body_too_large") == "body_too_large"


def test_a_body_too_large_is_refused_to_strangers_too(house: House) -> None:
    house.rules = RULES
    answer = house.browser(None).post("/api/detect", content=b"x" * 101, headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "", "٣", "0x10"])
def test_a_length_that_is_no_number_is_refused(house: House, length: str) -> None:
    headers = [(b"content-length", length.encode())]
    with pytest.raises(Refusal, match="400"):
        asyncio.run(cap_around(never)({"type": "http", "headers": headers}, never_receive, sink))


def test_an_app_that_catches_our_refusal_cannot_answer_in_its_place() -> None:
    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await read_body(receive, limit=10**9)
        except Refusal:
            await send({"type": "http.response.start", "status": 500, "headers": []})

    sent: list[Message] = []
    with pytest.raises(Refusal, match="413"):
        asyncio.run(drive(cap_around(stubborn), [b"x" * 60, b"x" * 60], sent))
    assert sent == []


def test_a_body_that_never_ends_is_refused() -> None:
    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        await read_body(receive, limit=100)

    rules = GateRules(body_deadline_s=0.01)
    with pytest.raises(Refusal, match="408"):
        asyncio.run(
            BodyCap(reader, rules=rules)({"type": "http", "headers": []}, never_receive, sink)
        )


def test_a_client_that_hangs_up_in_its_body_is_no_error_of_ours() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(Refusal, match="400"):
        asyncio.run(read_body(gone, limit=10))


def cap_around(app: object) -> BodyCap:
    return BodyCap(app, rules=RULES)  # type: ignore[arg-type] # an ASGI app


async def drive(cap: BodyCap, pieces: list[bytes], sent: list[Message]) -> None:
    """Send the pieces as a chunked body."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await cap({"type": "http", "headers": []}, receive, send)


async def never(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("the body was let through")


async def never_receive() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def sink(message: Message) -> None:
    raise AssertionError(message)
