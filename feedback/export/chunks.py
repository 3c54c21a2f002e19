"""Pieces of a file on their way out: few and large rather than many and small."""

import io
import json
from collections.abc import Iterable, Iterator

CHUNK = 64 * 1024  # bytes


def in_chunks(parts: Iterable[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """Join parts to chunks of at least `size` bytes; the last may be smaller, none is empty."""
    waiting: list[bytes] = []
    length = 0
    for part in parts:
        waiting.append(part)
        length += len(part)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    if length:
        yield b"".join(waiting)


def dump(value: object) -> bytes:
    """Return one line of JSON, all ASCII: no byte of it can be mistaken for the end of a line."""
    return json.dumps(value, separators=(",", ":")).encode()


def dump_array(items: Iterable[object]) -> Iterator[bytes]:
    """Yield a JSON array, an item a line."""
    yield b"["
    before = b"\n"
    for item in items:
        yield before + dump(item)
        before = b",\n"
    yield b"\n]"


class Outlet(io.RawIOBase):
    """A file that only goes forward: what a library writes into it is taken out and sent on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override] # also takes any buffer
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
