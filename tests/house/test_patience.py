import socket
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from house.patience import LEAST_TAKEN, PatientProtocol
from tests.live import serving

SIZE = 2**24  # more than the system's own buffers take
APP = Starlette(
    routes=[
        Route("/whole", lambda _request: Response(bytes(SIZE))),
        Route("/pieces", lambda _request: StreamingResponse(pieces())),
    ]
)


class Hasty(PatientProtocol):
    """Looks often, and tells when it has left."""

    look_every_s = 0.5
    has_left = threading.Event()

    def _look(self, waiting: int) -> None:
        super()._look(waiting)
        if self.transport.is_closing():
            self.has_left.set()


def pieces() -> Iterator[bytes]:
    yield from [bytes(2**16)] * (SIZE // 2**16)


def ask(address: str, path: str) -> socket.socket:
    """Send a request; nothing of the answer has been read yet."""
    client = socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=30)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: house\r\n\r\n".encode())
    return client


def take(client: socket.socket) -> int:
    """Read to the end of the answer, or of the connection; return how much came."""
    taken = 0
    while taken < SIZE and (part := client.recv(2**18)):
        taken += len(part)
    return taken


@pytest.mark.parametrize("path", ["/whole", "/pieces"])
def test_who_stops_reading_is_left(path: str) -> None:
    Hasty.has_left.clear()
    with serving(APP, http=Hasty) as address, ask(address, path) as client:
        assert Hasty.has_left.wait(timeout=30)
        assert take(client) < SIZE  # what the system's own buffers held


@pytest.mark.parametrize("path", ["/whole", "/pieces"])
def test_who_reads_gets_everything(path: str) -> None:
    with serving(APP, http=Hasty) as address, ask(address, path) as client:
        assert take(client) >= SIZE


@pytest.mark.parametrize(
    ("taken", "is_left"), [(0, True), (LEAST_TAKEN - 1, True), (LEAST_TAKEN, False)]
)
def test_who_reads_slowly_is_left_only_below_the_least(taken: int, is_left: bool) -> None:  # noqa: FBT001 - a table
    transport, loop = Mock(), Mock()
    protocol: Any = PatientProtocol.__new__(PatientProtocol)
    protocol.transport, protocol.loop = transport, loop
    transport.get_write_buffer_size.return_value = 2**20
    protocol._look_later()
    _, look, waiting = loop.call_later.call_args.args
    transport.get_write_buffer_size.return_value = 2**20 - taken
    look(waiting)
    assert transport.abort.called == is_left
    assert (loop.call_later.call_count == 1) == is_left  # or it looks again
