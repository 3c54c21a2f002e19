"""Servers as processes of our own, that can be paused, killed and started again.

The application, as `python app.py` starts it, and a real Elasticsearch.
"""

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from elasticsearch import ApiError, TransportError

from feedback.elastic import ElasticAddress

ROOT = Path(__file__).parents[1]
START_S = 300.0  # seconds on a quiet machine, minutes on a busy one
KEY = "the-server-s-key"
USER, PASSWORD = "glip", "secret"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(kw_only=True)
class LocalServer(ABC):
    """One process; its output goes to `folder/log`."""

    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="glip-server-")))
    process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Return what starts it."""

    def environment(self) -> Mapping[str, str]:
        return os.environ

    @abstractmethod
    def answers(self) -> bool:
        """Say whether it is up."""

    def start(self) -> None:
        """Start, without waiting until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.command(), cwd=ROOT, env=self.environment(), stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Return when it answers. Raises RuntimeError when it ended, or takes minutes."""
        deadline = time.monotonic() + START_S
        while not self.answers():
            if self.running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text("utf-8")[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`: whatever it was about to write is not written."""
        self.running.kill()
        self.running.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let it hang: the system accepts connections, and nobody answers."""
        self.running.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.running.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Kill it and remove its folder."""
        if self.process:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def running(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise RuntimeError("not started")
        return self.process


@dataclass(kw_only=True)
class ElasticServer(LocalServer):
    """A single node that lets in KEY, and USER with PASSWORD. `script` starts it."""

    script: Path

    @property
    def address(self) -> ElasticAddress:
        return ElasticAddress(url=f"http://127.0.0.1:{self.port}", api_key=KEY)

    def command(self) -> list[str]:
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        words = [str(self.script), "--data", str(self.folder), "--port", str(self.port)]
        return [*words, "--authorization", f"ApiKey {KEY}|Basic {basic}"]

    def answers(self) -> bool:
        with self.address.connect() as client, suppress(ApiError, TransportError):
            client.cluster.health()
            return True
        return False


@dataclass(kw_only=True)
class AppServer(LocalServer):
    """The application, its data in `folder`."""

    settings: Mapping[str, str]  # further `GLIP_…` variables

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "glip.sqlite3"

    def command(self) -> list[str]:
        return [sys.executable, "app.py"]

    def environment(self) -> Mapping[str, str]:
        own = {
            "GLIP_DATA_DIR": str(self.folder),
            "GLIP_PORT": str(self.port),
            "GLIP_METRICS_PORT": "0",
        }
        return {**os.environ, **own, **self.settings}

    def answers(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK
        return False


def why_no_elastic(script: Path) -> str:
    """Return why the server cannot be started here; empty if it can."""
    if not script.exists():
        return f"{script} is not there"
    return "" if shutil.which("java") else "Java is missing"
