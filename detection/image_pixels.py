"""From a picture file to upright 8-bit RGB: the only place where pixels are decoded.

Colour profiles are not applied: the models were trained on plainly decoded pictures, and a profile
is one more parser of foreign bytes. Transparent pictures are laid on white.
"""

import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from detection.errors import ImageBroken
from detection.image_header import Format, ImageHeader

Pixels = NDArray[np.uint8]  # (H, W, 3) RGB

# Image.open would check sizes against a process-wide limit and warn; ours are checked already.
_READERS: dict[Format, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
}
# What Pillow is known to raise for a damaged file; AssertionError for a palette that is not there.
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    MemoryError, AssertionError, AttributeError, struct.error, zlib.error,
)  # fmt: skip
_STRIP = 256  # rows
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(header: ImageHeader) -> Pixels:
    """Decode a picture whose header was found acceptable; read-only. Raises ImageBroken."""
    try:
        return _as_array(_upright(_read(header), header.orientation))
    except _DECODER_ERRORS as error:
        raise ImageBroken from error


def _read(header: ImageHeader) -> Image.Image:
    with _READERS[header.format](BytesIO(header.pixel_bytes)) as image:
        if image.size != header.size_wh:
            raise ImageBroken
        image.load()
        return _as_rgb(image)


def _as_array(image: Image.Image) -> Pixels:
    """Copy strip by strip: at once, Pillow would hold the pixels twice more."""
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, _STRIP):
        bottom = min(top + _STRIP, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    pixels.setflags(write=False)
    return pixels


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        image = _eight_bit(image)
    if image.has_transparency_data:
        return _on_white(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit gray to its high byte (40000 → 156), as Pillow does for 16-bit colour."""
    values = np.asarray(image)
    gray = Image.fromarray((values >> 8).astype(np.uint8))
    if (key := image.info.get("transparency")) is None:
        return gray
    alpha = Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))
    return Image.merge("LA", (gray, alpha))


def _on_white(image: Image.Image) -> Image.Image:
    key = image.info.get("transparency")
    if isinstance(key, tuple) and max(key) > 255:  # of a 16-bit picture, now read as 8-bit
        image.info["transparency"] = tuple(value >> 8 for value in key)
    with_alpha = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(with_alpha, mask=with_alpha)
    return white
