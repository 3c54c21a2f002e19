"""A loopback server that speaks as much of the hub's protocol as fetching needs."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """Files by "owner/repository/name". Large ones are handed on to another address, by SHA-256."""

    files: dict[str, bytes] = field(default_factory=dict)
    large: set[str] = field(default_factory=set)
    break_after: dict[str, list[int]] = field(default_factory=dict)  # bytes, an answer each
    wrong_bytes: set[str] = field(default_factory=set)
    ignores_ranges: bool = False
    stalls: threading.Event = field(default_factory=threading.Event)  # set: a break is a stall
    stalled: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    starts: list[tuple[str, int]] = field(default_factory=list)  # file, first byte of each answer
    strangers: list[str] = field(default_factory=list)  # asked for, and no file
    address: str = ""

    def etag_of(self, name: str) -> str:
        content = self.files[name]
        if name in self.large:
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextmanager
def serving_hub(hub: FakeHub) -> Iterator[FakeHub]:
    """Serve until the block is left; `hub.address` is what HF_ENDPOINT must be."""

    class Handler(_Handler):
        of_hub = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.stalls.clear()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    of_hub: FakeHub

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def do_HEAD(self) -> None:
        name = self.path.removeprefix("/").replace("/resolve/main/", "/")
        hub = self.of_hub
        if name not in hub.files:
            self._answer(404, {"X-Error-Code": "EntryNotFound", "Content-Length": "0"})
            return
        size, etag = str(len(hub.files[name])), f'"{hub.etag_of(name)}"'
        headers = {"X-Repo-Commit": COMMIT, "ETag": etag, "Content-Length": size}
        if name in hub.large:
            # Another host, by name: the library follows the hub's own addresses by itself.
            elsewhere = hub.address.replace("127.0.0.1", "localhost")
            headers |= {"Location": f"{elsewhere}/cdn/{name}", "Content-Length": "0"}
            headers |= {"ETag": '"of the hand-on"', "X-Linked-Etag": etag, "X-Linked-Size": size}
        self._answer(302 if name in hub.large else 200, headers)

    def do_GET(self) -> None:
        hub = self.of_hub
        name = self.path.removeprefix("/").removeprefix("cdn/").replace("/resolve/main/", "/")
        content = hub.files.get(name)
        if content is None:
            hub.strangers.append(self.path)
            self._answer(404, {"Content-Length": "0"})
            return
        if name in hub.wrong_bytes:
            content = bytes(len(content))
        wanted = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0]
        first = 0 if hub.ignores_ranges else int(wanted)
        hub.starts.append((name, first))
        headers = {"Content-Length": str(len(content) - first)}
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        self._answer(206 if first else 200, headers)
        breaks = hub.break_after.get(name, [])
        if not breaks:
            self.wfile.write(content[first:])
            return
        self.wfile.write(content[first : first + breaks.pop(0)])
        self.wfile.flush()
        if hub.stalls.is_set():
            hub.stalled.release()
            while hub.stalls.wait(0.05) and hub.stalls.is_set():
                pass
        self.close_connection = True

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for header in headers.items():
            self.send_header(*header)
        self.end_headers()
