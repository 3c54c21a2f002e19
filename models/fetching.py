"""Fetches in child processes: the server itself has no way out, and a kill harms nothing.

The child is this file, run as `python -m models.fetching NAME FOLDER`; it writes JSON lines.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from models.catalogue import MODELS
from models.files import Progress
from serving.offers import Fetching
from texts import LANGUAGES, Language, say

ROOT: Final = Path(__file__).parent.parent
BROKEN: Final = "fetch_died"
# Read by the hub's library at import: the child alone may go out, and says nothing of this machine.
ENVIRONMENT: Final = {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1"}


class Fetches:
    """The fetches of one models folder. Thread-safe. `environment` is the server's own."""

    def __init__(self, models_dir: Path, environment: Mapping[str, str]) -> None:
        self._models_dir = models_dir
        self._environment = {**environment, **ENVIRONMENT}
        self._states: dict[str, Fetching] = {}
        self._children: dict[str, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()

    def states(self) -> dict[str, Fetching]:
        """How far each fetch is; a failed one stays until the next try."""
        with self._lock:
            return dict(self._states)

    def start(self, name: str) -> None:
        """Fetch a model of the catalogue, unless that is under way."""
        with self._lock:
            if name in self._children:
                return
            self._states[name] = Fetching()
            child = self._children[name] = subprocess.Popen(  # noqa: S603 - a name of the catalogue
                [sys.executable, "-m", "models.fetching", name, str(self._models_dir.absolute())],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
            )
        threading.Thread(
            target=self._listen, args=(name, child), name=f"fetch-{name}", daemon=True
        ).start()

    def close(self) -> None:
        """End the children; what has come is kept for the next try."""
        with self._lock:
            children = list(self._children.values())
        for child in children:
            child.kill()
            child.wait()

    def _listen(self, name: str, child: subprocess.Popen[str]) -> None:
        fault: Mapping[Language, str] = {}
        with child:
            for line in child.stdout or ():
                told = json.loads(line)
                if "fault" in told:
                    fault = _sentences(told["fault"], told["facts"])
                else:
                    with self._lock:
                        self._states[name] = Fetching(
                            done_bytes=told["done_bytes"], total_bytes=told["total_bytes"]
                        )
        if child.returncode and not fault:
            fault = _sentences(BROKEN, {"model": name})
        with self._lock:
            del self._children[name]
            del self._states[name]
            if fault:
                self._states[name] = Fetching(fault=fault)


def _sentences(key: str, facts: Mapping[str, str]) -> dict[Language, str]:
    return {language: say(f"models.{key}", language, **facts) for language in LANGUAGES}


def main(name: str, models_dir: str) -> int:
    """Fetch one model and write what happens, a JSON object a line."""
    from models.fetch import FetchFailed, fetch_model  # noqa: PLC0415 - the hub's library is the child's alone

    def tell(progress: Progress) -> None:
        print(json.dumps(asdict(progress)), flush=True)  # noqa: T201 - read by the parent

    try:
        fetch_model(MODELS[name], Path(models_dir), tell)
    except FetchFailed as error:
        print(json.dumps({"fault": error.key, "facts": error.facts}), flush=True)  # noqa: T201 - likewise
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
