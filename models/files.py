"""What is done with a model's files, whatever its family. Knows nothing of torch or the hub."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Progress:
    """How much of a model's missing files has come; `file` is the one on its way."""

    file: str
    done_bytes: int
    total_bytes: int


def digest_file(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
