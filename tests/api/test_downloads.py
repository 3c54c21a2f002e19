import threading
from collections.abc import Callable, Generator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.downloads import begin_download
from tests.live import serving

DEADLINE_S = 30
Chunks = Generator[bytes, None, None]


class Unwilling(Exception):
    """The file cannot be made."""


def app_of(make: Callable[[], Chunks]) -> Starlette:
    async def send(_request: Request) -> Response:
        return await begin_download(make(), media_type="text/plain", file_name="a.txt")

    return Starlette(routes=[Route("/", send)])


def test_a_file_comes_whole_under_its_name() -> None:
    with serving(app_of(lambda: (chunk for chunk in [b"ab", b"cd"]))) as address:
        answer = httpx.get(address)
    assert answer.content == b"abcd"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.txt"'
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_file_may_be_empty() -> None:
    with serving(app_of(lambda: (chunk for chunk in list[bytes]()))) as address:
        answer = httpx.get(address)
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_fails_before_the_first_chunk_is_an_answer() -> None:
    def failing() -> Chunks:
        yield bytes.fromhex("not hex")

    with serving(app_of(failing)) as address:
        assert httpx.get(address).status_code == 500


def test_what_fails_later_cuts_the_answer_short() -> None:
    def breaking() -> Chunks:
        yield b"ab"
        raise Unwilling

    with serving(app_of(breaking)) as address, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(address)


def test_when_the_client_hangs_up_no_more_is_made() -> None:
    closed = threading.Event()

    def endless() -> Chunks:
        try:
            while True:
                yield b"x" * 65536
        finally:
            closed.set()

    with serving(app_of(endless)) as address:
        with httpx.stream("GET", address) as answer:
            assert next(answer.iter_raw())
        assert closed.wait(DEADLINE_S)


def test_chunks_are_made_and_closed_off_the_event_loop() -> None:
    threads: list[str] = []
    closed = threading.Event()

    def noting() -> Chunks:
        try:
            while True:
                threads.append(threading.current_thread().name)
                yield b"x" * 65536
        finally:
            threads.append(threading.current_thread().name)
            closed.set()

    with serving(app_of(noting)) as address:
        with httpx.stream("GET", address) as answer:
            assert next(answer.iter_raw())
        assert closed.wait(DEADLINE_S)
    assert len(threads) >= 2
    assert all("AnyIO worker" in name for name in threads)
