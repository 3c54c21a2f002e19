"""A real server on a loopback port, in a thread of the test process."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

START_S = 30


@contextmanager
def serving(app: ASGIApp, *, http: type[asyncio.Protocol] = H11Protocol) -> Iterator[str]:
    """Serve `app` and give its address (`http://127.0.0.1:port`) until the block is left."""
    # With its protocol named asyncio sends small pieces at once, as behind `uvicorn.run`.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    config = uvicorn.Config(
        app,
        http=http,
        log_config=None,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        lifespan="on",
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        assert server.is_up.wait(START_S), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_S)
        listener.close()


class _Server(uvicorn.Server):
    """Says when it answers, so that nobody has to poll."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()
