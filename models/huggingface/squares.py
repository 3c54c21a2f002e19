"""From upright pixels to OWLv2's square: padded with black, smoothed, and scaled as published.

The library needs SciPy for this; the arithmetic here gives its numbers with OpenCV and numpy.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TRUNCATE = 4.0  # standard deviations a Gaussian reaches


def make_square(pixels: NDArray[np.uint8], side: int) -> Floats:
    """(H, W, 3) uint8 RGB → (side, side, 3) float32 in 0…1; the picture lies at the top left."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    padded = np.zeros((longest, longest, 3), np.float32)
    padded[:height, :width] = pixels.astype(np.float32) / 255
    smooth = _smooth(padded, sigma=max(0.0, (longest / side - 1) / 2))
    return np.clip(_scale(_scale(smooth, side, 0), side, 1), padded.min(), padded.max())


def _smooth(image: Floats, sigma: float) -> Floats:
    """Take away what the smaller picture cannot show."""
    if sigma == 0:
        return image
    radius = int(TRUNCATE * sigma + 0.5)
    if radius == 0:
        return image
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    smooth = cv2.sepFilter2D(image, cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(smooth, np.float32)


def _scale(image: Floats, size: int, axis: int) -> Floats:
    """Interpolate between the centres of neighbouring pixels; the border is a mirror."""
    length = image.shape[axis]
    places = (np.arange(size) + 0.5) * length / size - 0.5
    low = np.floor(places).astype(np.int64)
    part = (places - low).astype(np.float32)
    part = part[:, None, None] if axis == 0 else part[None, :, None]
    before = np.take(image, _mirror(low, length), axis)
    after = np.take(image, _mirror(low + 1, length), axis)
    return np.asarray(before + (after - before) * part, np.float32)


def _mirror(places: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    if length == 1:
        return np.zeros_like(places)
    places = np.abs(places)
    return np.where(places >= length, 2 * (length - 1) - places, places)
