"""Pictures that were left to learn from: one PNG each, named by the digest of its pixels."""

import logging
import os
import re
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from PIL import Image

from detection.errors import NotSaved
from detection.image import SourceImage
from utils.clock import Clock

_DIGEST = re.compile(r"[0-9a-f]{64}")
_DRAFT = ".draft"
_DRAFTED_WITHIN = timedelta(hours=1)
_FAST = 1  # of PNG's levels; the higher ones cost seconds and save little

_log = logging.getLogger(__name__)


class KeptImages:
    """A folder of pictures, each for `retention_days`.

    Nothing but pixels is written: no file name, no metadata, no asker. Safe to use from several
    threads for different pictures.
    """

    def __init__(self, folder: Path, *, retention_days: float, clock: Clock) -> None:
        self._folder = folder
        self._retention = timedelta(days=retention_days)
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, image: SourceImage) -> None:
        """Write the picture; it is on the disk when this returns. Raises NotSaved."""
        try:
            if self.path_of(image.digest) is None:
                self._write(image)
        except OSError as error:  # full or read-only
            _log.error("picture not saved: %s", error)
            raise NotSaved from error

    def path_of(self, digest: str) -> Path | None:
        """Return where the picture lies, if it is kept; any text may be asked for."""
        if not _DIGEST.fullmatch(digest):
            return None
        path = self._path(digest)
        return path if path.is_file() else None

    def forget(self, digests: Iterable[str]) -> int:
        """Delete these pictures; return how many were there. Raises NotSaved."""
        paths = {path for digest in digests if (path := self.path_of(digest))}
        try:
            for path in paths:
                path.unlink(missing_ok=True)
            if paths:
                _flush(self._folder)
        except OSError as error:
            _log.error("picture not deleted: %s", error)
            raise NotSaved from error
        return len(paths)

    def digests(self) -> list[str]:
        """Return which pictures are kept; other people's files may lie beside them."""
        return [path.stem for path in self._folder.glob("*.png") if _DIGEST.fullmatch(path.stem)]

    def purge(self) -> int:
        """Delete what is too old, and what a crash left half written; return how many.

        Raises OSError.
        """
        now = self._clock.now().timestamp()
        purged = 0
        for path in self._folder.iterdir():
            longest = _DRAFTED_WITHIN if path.suffix == _DRAFT else self._retention
            if now - path.stat().st_mtime > longest.total_seconds():
                path.unlink(missing_ok=True)
                purged += 1
        return purged

    def _write(self, image: SourceImage) -> None:
        """Under its name there is the whole picture or none."""
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=_DRAFT, delete=False) as file:
            draft = Path(file.name)
            try:
                Image.fromarray(image.pixels).save(file, "PNG", compress_level=_FAST)
                file.flush()
                os.fsync(file.fileno())
                os.utime(draft, (self._clock.now().timestamp(),) * 2)
                draft.rename(self._path(image.digest))
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
        _flush(self._folder)

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.png"


def _flush(folder: Path) -> None:
    """Put the folder's list of names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
