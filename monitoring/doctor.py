"""Is this installation sound? Each check looks at one thing and tells what it found."""

import re
import socket
import sys
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile

LEAST_PYTHON = (3, 11)


class Level(Enum):
    """How bad it is."""

    FINE = "✓"
    ADVICE = "!"
    BROKEN = "✗"


@dataclass(frozen=True)
class Finding:
    """What a check found; `key` names its sentence, `facts` fill it.

    Whatever is not fine has a second sentence, `<key>_mend`, that says what to do.
    """

    level: Level
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


def check_python(found: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Whether this Python is new enough."""
    level, key = (Level.FINE, "python") if found >= LEAST_PYTHON else (Level.BROKEN, "python_old")
    return Finding(level, key, {"version": f"{found[0]}.{found[1]}"})


def check_packages(root: Path) -> list[Finding]:
    """Whether what requirements.txt pins is installed; what only developers need is advice."""
    pins = root / "requirements.txt"
    if not pins.is_file():
        return [Finding(Level.ADVICE, "pins_missing")]
    wanted = dict(re.findall(r"^([\w.-]+)==([\w.]+)", pins.read_text("utf-8"), re.MULTILINE))
    found = {name: installed_version(name) for name in wanted}
    needed = _needed_packages(root / "pyproject.toml")
    missing = [name for name in wanted if found[name] is None and name in needed]
    others = [
        f"{name} {found[name] or '–'} (≠ {pin})"
        for name, pin in wanted.items()
        if name not in missing and found[name] != pin
    ]
    findings = []
    if missing:
        facts = {"names": ", ".join(missing)}
        findings.append(Finding(Level.BROKEN, "packages_missing", facts))
    if others:
        facts = {"names": ", ".join(others)}
        findings.append(Finding(Level.ADVICE, "packages_differ", facts))
    return findings or [Finding(Level.FINE, "packages", {"count": len(wanted)})]


def installed_version(name: str) -> str | None:
    """The installed version without its build (`+cpu`), or None."""
    with suppress(PackageNotFoundError):
        return version(name).partition("+")[0]
    return None


def check_folder(folder: Path) -> Finding:
    """Whether files can be written to `folder`, or it can be made; nothing is left behind."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    facts = {"path": folder}
    try:
        with TemporaryFile(dir=there) as file:
            file.write(b"\0")
    except OSError as error:
        return Finding(Level.BROKEN, "folder_closed", {**facts, "why": error.strerror})
    return Finding(Level.FINE, "folder", facts)


def check_port(host: str, port: int, *, setting: str) -> Finding:
    """Whether one may listen on `port`; `setting` is the name of what moves it."""
    facts = {"host": host, "port": port, "setting": setting}
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen()
    except OSError as error:
        return Finding(Level.BROKEN, "port_taken", {**facts, "why": error.strerror})
    return Finding(Level.FINE, "port", facts)


def check_elasticsearch(url: str, probe: Callable[[], str]) -> Finding:
    """Whether Elasticsearch answers. `probe` returns its version, or raises what is wrong.

    Only advice: ratings are taken and kept without it.
    """
    try:
        return Finding(Level.FINE, "elasticsearch", {"url": url, "version": probe()})
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the other checks go on
        return Finding(Level.ADVICE, "elasticsearch_closed", {"url": url, "why": error})


def _needed_packages(project: Path) -> set[str]:
    """What pyproject.toml names as needed to run."""
    if not project.is_file():
        return set()
    lines = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    return {re.split(r"[<>=\[ ]", line)[0].lower() for line in lines}
