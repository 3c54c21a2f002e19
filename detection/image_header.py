"""What a picture file says about itself, read from its bytes without decoding a pixel.

Also cuts away every part that does not make pixels (EXIF, profiles, texts, thumbnails), so that
nothing of it reaches a decoder: no metadata is kept and none can be a bomb.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from detection.errors import ImageAnimated, ImageBroken, ImageFormat

Format = Literal["JPEG", "PNG", "WEBP"]

_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_PNG_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_MAX_PARTS = 100_000  # a 20 MiB file of the smallest honest chunks stays far below
_MAX_SCANS = 100  # a progressive JPEG has about ten; each one costs a pass over all pixels
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a body
_JPEG_METADATA = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})  # APP0 and APP14 stay: colours
_SOS, _EOI, _APP1 = 0xDA, 0xD9, 0xE1


@dataclass(frozen=True)
class ImageHeader:
    """Format, size and orientation of a still picture, and the parts that make its pixels."""

    format: Format
    size_wh: tuple[int, int]  # as stored, before the orientation is applied
    orientation: int  # EXIF, 1…8
    pixel_bytes: bytes  # a complete file of the same format without metadata


def parse_header(data: bytes) -> ImageHeader:
    """Read the header of a JPEG, PNG or WebP file, told by its first bytes.

    Raises ImageFormat, ImageAnimated or ImageBroken.
    """
    return _parser_for(data)(data)


def _parser_for(data: bytes) -> Callable[[bytes], ImageHeader]:
    if data.startswith(_PNG_MAGIC):
        return _parse_png
    if data.startswith(b"\xff\xd8\xff"):
        return _parse_jpeg
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _parse_webp
    raise ImageFormat


def _parse_png(data: bytes) -> ImageHeader:
    kept, size_wh, orientation = [_PNG_MAGIC], None, 1
    for part in _png_chunks(data):
        body = data[part.start : part.end]
        if size_wh is None:
            if part.name != b"IHDR":
                raise ImageBroken
            size_wh = _number(body, 0, 4), _number(body, 4, 4)
        elif part.name == b"acTL" and _number(body, 0, 4) > 1:
            raise ImageAnimated
        elif part.name == b"eXIf":
            orientation = _orientation(body)
        if part.name in _PNG_PIXEL_CHUNKS:
            kept.append(data[part.start - 8 : part.end + 4])
    return _header("PNG", size_wh, orientation, b"".join(kept))


def _parse_jpeg(data: bytes) -> ImageHeader:
    kept, sizes, orientation = [data[:2]], [], 1
    for part in _jpeg_segments(data):
        body = data[part.start : part.end]
        marker = part.name[0]
        if marker in _JPEG_SIZES:
            sizes.append((_number(body, 3, 2), _number(body, 1, 2)))
        elif marker == _APP1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
        if marker not in _JPEG_METADATA:
            kept.append(b"\xff" + part.name + data[part.start - 2 : part.end])
    if len(sizes) != 1:
        raise ImageBroken
    kept.append(_jpeg_scans(data, part.end))
    return _header("JPEG", sizes[0], orientation, b"".join(kept))


def _parse_webp(data: bytes) -> ImageHeader:
    size_wh, orientation, frames = None, 1, 0
    for part in _webp_chunks(data):
        body = data[part.start : min(part.end, part.start + 2**16)]
        if size_wh is None:
            size_wh = _webp_size(part.name, body)
        frames += part.name == b"ANMF"
        if frames > 1:
            raise ImageAnimated
        if part.name == b"EXIF":
            orientation = _orientation(body.removeprefix(b"Exif\0\0"))
    # Pillow hands WebP's metadata through unread, so the file may stay whole.
    return _header("WEBP", size_wh, orientation, data)


def _header(
    kind: Format, size_wh: tuple[int, int] | None, orientation: int, pixel_bytes: bytes
) -> ImageHeader:
    if size_wh is None or 0 in size_wh:
        raise ImageBroken
    return ImageHeader(kind, size_wh, orientation, pixel_bytes)


class _Part(NamedTuple):
    """A chunk or segment: its name and where its body lies."""

    name: bytes
    start: int
    end: int


def _png_chunks(data: bytes) -> Iterator[_Part]:
    """4 bytes length, 4 bytes name, body, 4 bytes checksum; IEND is the last."""
    at = 8
    for _ in range(_MAX_PARTS):
        part = _Part(data[at + 4 : at + 8], at + 8, at + 8 + _number(data, at, 4))
        at = part.end + 4
        if at > len(data):
            raise ImageBroken
        yield part
        if part.name == b"IEND":
            return
    raise ImageBroken


def _webp_chunks(data: bytes) -> Iterator[_Part]:
    """4 bytes name, 4 bytes length (little-endian), body padded to an even length."""
    at = 12
    for _ in range(_MAX_PARTS):
        if at + 8 > len(data):
            return
        part = _Part(data[at : at + 4], at + 8, at + 8 + _number(data, at + 4, 4, "little"))
        yield part
        at = part.end + part.end % 2
    raise ImageBroken


def _jpeg_segments(data: bytes) -> Iterator[_Part]:
    """0xFF, marker, 2 bytes length that count themselves, body; up to the first scan's header."""
    at = 2
    for _ in range(_MAX_PARTS):
        at = data.find(b"\xff", at) + 1
        if at == 0 or at + 3 > len(data) or data[at] == _EOI:
            raise ImageBroken
        if data[at] in (0x00, 0xFF) or data[at] in _JPEG_BARE:
            continue
        part = _Part(data[at : at + 1], at + 3, at + 1 + _number(data, at + 1, 2))
        yield part
        if part.name[0] == _SOS:
            return
        at = max(part.end, at)
    raise ImageBroken


def _jpeg_scans(data: bytes, start: int) -> bytes:
    """The coded pixels up to the end marker; what a phone appends after it (a film) is left out."""
    end = data.find(bytes((0xFF, _EOI)), start)
    scans = data[start : end + 2] if end >= 0 else data[start:]
    if scans.count(bytes((0xFF, _SOS))) > _MAX_SCANS:
        raise ImageBroken
    return scans


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    """Width and height from the first chunk of a WebP file."""
    if name == b"VP8X":
        return _number(body, 4, 3, "little") + 1, _number(body, 7, 3, "little") + 1
    if name == b"VP8L":
        packed = _number(body, 1, 4, "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        return _number(body, 6, 2, "little") & 0x3FFF, _number(body, 8, 2, "little") & 0x3FFF
    raise ImageBroken


def _orientation(exif: bytes) -> int:
    """Tag 0x0112 of the first directory of a TIFF block; 1 where it is absent or nonsense."""
    order: Literal["little", "big"] = "little" if exif.startswith(b"II") else "big"
    directory = _number(exif, 4, 4, order)
    for entry in range(_number(exif, directory, 2, order)):
        at = directory + 2 + 12 * entry
        if _number(exif, at, 2, order) == 0x0112:
            value = _number(exif, at + 8, 2, order)
            return value if 1 <= value <= 8 else 1
    return 1


def _number(data: bytes, at: int, width: int, order: Literal["little", "big"] = "big") -> int:
    return int.from_bytes(data[at : at + width], order)
