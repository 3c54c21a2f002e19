"""Fetches a model's files by name: taken up where it stopped, checked, and put in place whole."""

import fcntl
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from typing_extensions import Buffer

from models.catalogue import ModelEntry
from models.files import Progress, digest_file
from models.hub import FetchFault, RemoteFile, ask_hub, download

PARTS: Final = ".fetching"  # folder of what is not whole yet, beside what it will be
RECORD: Final = "fetched.json"
SPARE_BYTES: Final = 64 * 2**20  # a disk is not filled to the brim
SHA256_DIGITS, GIT_BLOB_DIGITS = 64, 40


class FetchFailed(Exception):
    """`key` names a sentence of texts/models.toml, which `facts` fill."""

    def __init__(self, key: str, **facts: str) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts


def fetch_model(entry: ModelEntry, models_dir: Path, report: Callable[[Progress], object]) -> None:
    """Fetch what is missing of a model. Raises FetchFailed; what has come is taken up again."""
    folder = models_dir / entry.folder
    remotes = []
    for name in entry.list_missing(models_dir):
        with _faults_named(entry, folder, name):
            remotes.append(ask_hub(entry.source_of(name), name))
    total = sum(remote.size for remote in remotes)
    done = 0
    for remote in remotes:
        tell = partial(_tell, report, Progress(remote.name, done, total))
        with _faults_named(entry, folder, remote.name):
            (folder / PARTS).mkdir(parents=True, exist_ok=True)
            require_space(remotes, folder)
            fetch_file(remote, folder, tell)
        done += remote.size
    with suppress(OSError):
        (folder / PARTS).rmdir()


def _tell(report: Callable[[Progress], object], before: Progress, came: int) -> None:
    report(replace(before, done_bytes=before.done_bytes + came))


def fetch_file(remote: RemoteFile, folder: Path, tell: Callable[[int], object]) -> None:
    """Fetch one file into `folder`; `tell` is given how many of its bytes are there.

    Raises FetchFault, and OSError of the disk.
    """
    path = part_of(remote, folder)
    with _Part(path, tell) as part:
        tell(part.tell())
        download(remote, part)
        os.fsync(part.fileno())
    if not is_whole(path, remote):
        path.unlink()
        raise FetchFault("fetch_spoiled")
    note_fetched(remote, folder, digest_file(path))
    path.replace(folder / remote.name)


def part_of(remote: RemoteFile, folder: Path) -> Path:
    """Where the bytes of a file gather; another version's gather elsewhere."""
    return folder / PARTS / f"{remote.name}.{remote.etag[:16]}.part"


def is_whole(path: Path, remote: RemoteFile) -> bool:
    """Whether a file is what the hub announced: by its digest, where the etag is one."""
    if path.stat().st_size != remote.size:
        return False
    if len(remote.etag) == SHA256_DIGITS:
        return digest_file(path) == remote.etag
    if len(remote.etag) == GIT_BLOB_DIGITS:  # small files only
        blob = b"blob %d\0" % remote.size + path.read_bytes()
        return hashlib.sha1(blob, usedforsecurity=False).hexdigest() == remote.etag
    return True


def require_space(remotes: Sequence[RemoteFile], folder: Path) -> None:
    """Raise FetchFault unless the disk holds what has still to come."""
    paths = [(remote, part_of(remote, folder)) for remote in remotes]
    paths = [(remote, path) for remote, path in paths if not (folder / remote.name).is_file()]
    there = sum(path.stat().st_size for _, path in paths if path.is_file())
    needed = sum(remote.size for remote, _ in paths) - there
    free = shutil.disk_usage(folder).free
    if needed + SPARE_BYTES > free:
        raise FetchFault(
            "fetch_no_space", needed=f"{needed / 1e6:.0f} MB", free=f"{free / 1e6:.0f} MB"
        )


def note_fetched(remote: RemoteFile, folder: Path, sha256: str) -> None:
    """Write beside the files where each came from: repository, commit, etag, digest, time."""
    path = folder / RECORD
    noted: dict[str, object] = {}
    with suppress(OSError, ValueError):
        noted = json.loads(path.read_text("utf-8"))
    noted[remote.name] = {
        "source": remote.source,
        "revision": remote.revision,
        "etag": remote.etag,
        "size": remote.size,
        "sha256": sha256,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(noted, indent=1) + "\n", "utf-8")
    unfinished.replace(path)


class _Part(io.BufferedWriter):
    """A file open for appending, by one process alone, that tells how long it has become."""

    def __init__(self, path: Path, tell: Callable[[int], object]) -> None:
        super().__init__(io.FileIO(path, "ab"))
        self._tell = tell
        try:
            fcntl.flock(self, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise FetchFault("fetch_elsewhere") from error

    def write(self, chunk: Buffer) -> int:
        written = super().write(chunk)
        self.flush()
        self._tell(self.tell())
        return written


@contextmanager
def _faults_named(entry: ModelEntry, folder: Path, file: str) -> Iterator[None]:
    """Raise FetchFailed for what goes wrong with one file, with all one needs to mend it."""
    facts = {
        "model": entry.name,
        "file": file,
        "source": entry.source_of(file),
        "folder": str(folder),
    }
    try:
        yield
    except FetchFault as fault:
        raise FetchFailed(fault.key, **facts, **fault.facts) from fault
    except OSError as error:
        raise FetchFailed("fetch_disk", detail=str(error), **facts) from error
