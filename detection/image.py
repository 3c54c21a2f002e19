"""SourceImage: an uploaded picture as upright RGB pixels, and the limits it had to pass.

Every limit is checked from the file's header, before a pixel is decoded.
"""

import struct
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Self

import numpy as np
from numpy.typing import NDArray

from detection.errors import ImageDimensions, ImageMissing, ImageTooLarge
from detection.image_header import parse_header
from detection.image_pixels import decode


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """What a picture may cost. The default worst case decodes to 75 MB of pixels."""

    max_bytes: int = 20 * 2**20
    max_pixels: int = 25_000_000
    max_side: int = 12_000  # pixels
    max_aspect: float = 40.0  # longer side by shorter side

    def check_bytes(self, count: int) -> None:
        """Raise ImageTooLarge for a file of too many bytes."""
        if count > self.max_bytes:
            raise ImageTooLarge(bytes=count, limit=self.max_bytes)

    def check_size(self, size_wh: tuple[int, int]) -> None:
        """Raise ImageDimensions for a picture of too many, or too oddly arranged, pixels."""
        width, height = size_wh
        longer, shorter = max(size_wh), min(size_wh)
        if (
            width * height > self.max_pixels
            or longer > self.max_side
            or longer > shorter * self.max_aspect
        ):
            raise ImageDimensions(
                width=width,
                height=height,
                max_pixels=self.max_pixels,
                max_side=self.max_side,
                max_aspect=self.max_aspect,
            )


@dataclass(frozen=True, eq=False)
class SourceImage:
    """A picture as it should be looked at. Made by `from_bytes` or `from_pixels`.

    Two images of equal digest are equal, whatever file they came from.
    """

    pixels: NDArray[np.uint8]  # (H, W, 3) RGB, upright, read-only

    @classmethod
    def from_bytes(cls, data: bytes, limits: ImageLimits | None = None) -> Self:
        """Decode a JPEG, PNG or WebP file; metadata is dropped. Raises BadImage."""
        limits = limits or ImageLimits()
        if not data:
            raise ImageMissing
        limits.check_bytes(len(data))
        header = parse_header(data)
        limits.check_size(header.size_wh)
        return cls.from_pixels(decode(header))

    @classmethod
    def from_pixels(cls, pixels: NDArray[np.uint8]) -> Self:
        """Wrap (H, W, 3) uint8 RGB pixels; a writable array is copied."""
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            raise ValueError(f"pixels: expected uint8 (H, W, 3), got {pixels.dtype} {pixels.shape}")
        frozen = np.array(pixels, order="C", copy=True if pixels.flags.writeable else None)
        frozen.setflags(write=False)
        return cls(frozen)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of width, height and pixels, 64 hex digits; worked out at the first call."""
        state = sha256(struct.pack(">II", self.width, self.height))
        state.update(self.pixels.data)
        return state.hexdigest()

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.width, self.height

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SourceImage) and self.digest == other.digest
