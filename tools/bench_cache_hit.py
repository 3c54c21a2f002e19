"""Measure what an answer from the cache costs over HTTP, beside the least it could cost.

    python -m tools.bench_cache_hit [--rounds 200] [--picture examples/pets.jpg] [--assert-ms 10]

The same multipart body goes, in turns and over kept connections, to the whole application, which
has answered it before, and to a bare FastAPI endpoint that hashes it. Both are served from this
process. Wall time counts what else the machine does; CPU time, client included, hardly does.
"""

import argparse
import hashlib
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from starlette.types import ASGIApp

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from detection.detector import ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections

ROOT = Path(__file__).parent.parent
NAME, PASSWORD, TEXT = "bench", "a password for a minute", "a dog . the red cup"
PLENTY = "1000000/minute"
WARM_UP = 20
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Asked:
    """What the stub detector prepares."""

    image_digest: str
    prompt: Prompt


class StubDetector:
    """Answers one box a phrase without a network: only what surrounds a model is measured."""

    model_id, revision = "stub", "1"
    vocabulary: frozenset[str] = frozenset()
    card = ModelCard()

    def prepare(self, image: SourceImage, prompt: Prompt) -> Asked:
        return Asked(image.digest, prompt)

    def detect_batch(self, jobs: Sequence[Asked]) -> list[Detections]:
        return [boxes_of(len(job.prompt.phrases)) for job in jobs]


def boxes_of(count: int) -> Detections:
    """One box a phrase, all alike."""
    scores = np.full(count, 0.9, np.float32)
    return Detections(
        xyxy=np.tile(np.array([[4, 4, 40, 40]], np.float32), (count, 1)),
        scores=scores,
        phrase_index=np.arange(count, dtype=np.int64),
        phrase_scores=np.diag(scores),
    )


def build_bare() -> FastAPI:
    """The least a server can do with the same body."""
    bare = FastAPI(openapi_url=None)

    @bare.post("/api/detect")
    async def digest(request: Request) -> dict[str, str]:
        return {"sha256": hashlib.sha256(await request.body()).hexdigest()}

    return bare


@contextmanager
def served(application: ASGIApp) -> Iterator[str]:
    """Serve on a loopback port, in a thread; give the address once it listens."""
    # With its protocol named asyncio sends small pieces at once, as behind `uvicorn.run`; else
    # each answer waits 40 ms for the client's delayed acknowledgement.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(
            uvicorn.Config(application, log_config=None, access_log=False, proxy_headers=False)
        )
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def build_house(folder: Path) -> ASGIApp:
    """The whole application, without limits, on the stub."""
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        metrics_port=0,
        model="stub",
        limit_detect=PLENTY,
        limit_detect_address=PLENTY,
        limit_request=PLENTY,
    )
    users = UserDirectory(settings.database)
    users.add(NAME, PASSWORD, Role.GUEST)
    users.close()
    return create_app(settings, build=lambda _name: StubDetector())


def wait_until_ready(client: httpx.Client) -> None:
    """Return when /readyz answers 200. Raises RuntimeError after two minutes."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if client.get("/readyz").status_code == httpx.codes.OK:
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not become ready")


def ask(client: httpx.Client, picture: bytes) -> tuple[float, float]:
    """Return the wall and CPU milliseconds of one question. Raises HTTPStatusError."""
    wall, cpu = time.perf_counter(), time.process_time()
    client.post(
        "/api/detect", files={"image": ("a.jpg", picture)}, data={"text": TEXT}
    ).raise_for_status()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3


def report(name: str, house: Sequence[float], bare: Sequence[float]) -> float:
    """Print both medians, and the median and 90th percentile of the rounds' differences."""
    extra = [one - other for one, other in zip(house, bare, strict=True)]
    tenths = statistics.quantiles(extra, n=10)
    print(
        f"{name:<5} cache hit {statistics.median(house):7.2f} ms",
        f"bare {statistics.median(bare):7.2f} ms",
        f"difference: median {statistics.median(extra):6.2f} ms, p90 {tenths[-1]:6.2f} ms",
        sep="   ",
    )
    return statistics.median(extra)


def main() -> None:
    """Read the command line, measure, print; status 1 when a hit costs too much more."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--picture", type=Path, default=ROOT / "examples" / "pets.jpg")
    parser.add_argument("--assert-ms", type=float, help="most milliseconds of median wall time")
    options = parser.parse_args()
    picture = options.picture.read_bytes()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clients = [
            stack.enter_context(
                httpx.Client(
                    base_url=stack.enter_context(served(application)),
                    auth=(NAME, PASSWORD),
                    timeout=PATIENCE_S,
                )
            )
            for application in (build_house(folder), build_bare())
        ]
        wait_until_ready(clients[0])
        for client in clients * WARM_UP:
            ask(client, picture)
        times = [[ask(client, picture) for client in clients] for _ in range(options.rounds)]
    print(f"{options.rounds} rounds, a picture of {len(picture) / 1024:.0f} kB")
    extra_ms = report("wall", [one[0][0] for one in times], [one[1][0] for one in times])
    report("cpu", [one[0][1] for one in times], [one[1][1] for one in times])
    sys.exit(options.assert_ms is not None and extra_ms > options.assert_ms)


if __name__ == "__main__":
    main()
