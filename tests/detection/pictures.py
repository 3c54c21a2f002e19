"""Picture files made by hand: what an encoder would not write, and what a camera would."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Return `image` as a file of the given kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(width: int = 24, height: int = 16) -> Pixels:
    """Return (height, width, 3) pixels that have no symmetry."""
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


def png_chunk(name: bytes, body: bytes) -> bytes:
    """Return one chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(size_wh: tuple[int, int], depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    """Return a PNG of raw `rows` (each with its filter byte); `extra` chunks come before them."""
    header = struct.pack(">IIBBBBB", *size_wh, depth, colour, 0, 0, 0)
    chunks = [png_chunk(b"IHDR", header), *extra, png_chunk(b"IDAT", zlib.compress(rows, 9))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + png_chunk(b"IEND", b"")


def bomb_png(side: int = 20_000) -> bytes:
    """Return a one-bit PNG of side × side pixels that takes some kilobytes."""
    return png((side, side), 1, 0, bytes((side // 8 + 1) * side))


def exif(orientation: int, order: str = "II") -> bytes:
    """Return a TIFF block that says nothing but an orientation."""
    mark = "<" if order == "II" else ">"
    head = order.encode() + struct.pack(mark + "HI", 42, 8)
    return head + struct.pack(mark + "HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)


def jpeg_segment(marker: int, body: bytes) -> bytes:
    """Return one segment with its length."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def with_segment(jpeg: bytes, segment: bytes) -> bytes:
    """Return the JPEG with a segment right behind its start mark."""
    return jpeg[:2] + segment + jpeg[2:]


def webp_chunk(name: bytes, body: bytes) -> bytes:
    """Return one RIFF chunk, padded to an even length."""
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def webp(*chunks: bytes) -> bytes:
    """Return a WebP file of the given chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_canvas(width: int, height: int, flags: int = 0) -> bytes:
    """Return a VP8X chunk that promises a canvas of this size."""
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return webp_chunk(b"VP8X", bytes((flags, 0, 0, 0)) + sides)
