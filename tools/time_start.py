"""Measure the start: from `python app.py` until /readyz answers 200.

    python -m tools.time_start [--rounds 5] [--against ANOTHER_CHECKOUT] [--assert-s 8]

Wall seconds count what else the machine does; CPU seconds, of all threads until ready, hardly do.
Two checkouts take turns, so that a busy machine slows both alike.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
POLL_S = 0.05
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Start:
    """One start: seconds until ready."""

    wall_s: float
    cpu_s: float


def time_start(checkout: Path) -> Start:
    """Start a checkout's server on an empty data folder, wait until it is ready, and stop it.

    Raises RuntimeError when it ends, or is not ready after five minutes. Needs Linux's /proc.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"GLIP_DATA_DIR": folder, "GLIP_PORT": str(port), "GLIP_METRICS_PORT": "0"}
        started = time.monotonic()
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=checkout,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not is_ready(port):
                if server.poll() is not None or time.monotonic() - started > PATIENCE_S:
                    raise RuntimeError(f"{checkout}: the server did not become ready")
                time.sleep(POLL_S)
            return Start(time.monotonic() - started, cpu_seconds(server.pid))
        finally:
            server.terminate()
            server.wait()


def is_ready(port: int) -> bool:
    """Whether /readyz answers 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def report(name: str, starts: list[Start]) -> float:
    """Print the median and the range of a checkout's starts; return the median wall seconds."""
    walls, cpus = [one.wall_s for one in starts], [one.cpu_s for one in starts]
    print(
        f"{name:<24} wall {statistics.median(walls):6.2f} s ({min(walls):.2f} to {max(walls):.2f})"
        f"   cpu {statistics.median(cpus):6.2f} s ({min(cpus):.2f} to {max(cpus):.2f})"
    )
    return statistics.median(walls)


def main() -> None:
    """Read the command line, measure, print; status 1 when the start takes too long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, help="another checkout, measured in turns")
    parser.add_argument("--assert-s", type=float, help="most seconds the median may take")
    options = parser.parse_args()
    sides = [ROOT, *([options.against.absolute()] if options.against else [])]
    starts: dict[Path, list[Start]] = {side: [] for side in sides}
    for _ in range(options.rounds):
        for side in sides:
            starts[side].append(time_start(side))
    medians = [report(side.name, starts[side]) for side in sides]
    sys.exit(options.assert_s is not None and medians[0] > options.assert_s)


if __name__ == "__main__":
    main()
