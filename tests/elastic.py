"""A real Elasticsearch to test against, and a loopback proxy that loses answers on purpose."""

import os
import secrets
import socket
import threading
from contextlib import suppress
from pathlib import Path

from feedback.elastic import ElasticAddress
from tools.local_servers import why_no_elastic

START = Path(__file__).parents[2] / "shared" / "elasticsearch" / "start"


def why_no_server() -> str:
    """Return why a server of our own cannot be started; empty if it can."""
    return why_no_elastic(START)


def given_address() -> ElasticAddress | None:
    """Return where a server is that somebody else looks after, if there is one."""
    url = os.environ.get("GLIP_TEST_ELASTICSEARCH_URL", "")
    return ElasticAddress(url=url) if url else None


def new_name() -> str:
    """Return an index name nobody uses, so that tests share a server."""
    return f"test-{secrets.token_hex(6)}"


class Proxy:
    """Forwards connections to `port`; while `loses_answers`, requests arrive and answers do not."""

    def __init__(self, port: int) -> None:
        self.loses_answers = False
        self.lost = threading.Event()
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                for source, sink in ((client, server), (server, client)):
                    answers = source is server
                    worker = threading.Thread(
                        target=self._copy, args=(source, sink, answers), daemon=True
                    )
                    worker.start()

    def _copy(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:  # noqa: FBT001 - one caller
        with suppress(OSError), source, sink:
            while data := source.recv(65536):
                if answers and self.loses_answers:
                    self.lost.set()
                    source.shutdown(socket.SHUT_RDWR)
                    sink.shutdown(socket.SHUT_RDWR)
                    return
                sink.sendall(data)
