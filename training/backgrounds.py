"""Backgrounds of scenes: plain, graded, mottled, patterned; drawn, never photographed."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def draw_background(rng: np.random.Generator, width: int, height: int) -> Pixels:
    """One background, uint8 RGB (height, width, 3)."""
    painters = (_plain, _graded, _mottled, _patterned, _fractal)
    painter = painters[int(rng.choice(len(painters), p=(0.2, 0.2, 0.25, 0.15, 0.2)))]
    pixels = np.ascontiguousarray(np.clip(painter(rng, width, height), 0, 255).astype(np.uint8))
    if rng.random() < 0.4:
        _scribble(rng, pixels)
    return pixels


def _base_colour(rng: np.random.Generator) -> NDArray[np.float32]:
    """Mostly pale or dark, sometimes saturated: float32 (3,) in [0, 255]."""
    colour = rng.uniform(0, 255, 3)
    towards = 255.0 if rng.random() < 0.6 else rng.uniform(0, 255)
    weight = rng.uniform(0.0, 0.85)
    return np.asarray(colour * (1 - weight) + towards * weight, np.float32)


def _plain(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    return np.broadcast_to(_base_colour(rng), (height, width, 3))


def _graded(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    corners = np.stack([_base_colour(rng) for _ in range(4)]).reshape(2, 2, 3)
    return _enlarge(corners, width, height)


def _mottled(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    cells = int(rng.integers(3, 12))
    colours = _base_colour(rng) + rng.normal(0, rng.uniform(8, 60), (cells, cells, 3))
    return _enlarge(colours.astype(np.float32), width, height)


def _fractal(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    """Noise on four scales, like ground, foliage or cloth."""
    total = np.zeros((height, width, 1), np.float32)
    for cells in (4, 9, 20, 44):
        noise = rng.normal(0, 1 / np.sqrt(cells), (cells, cells)).astype(np.float32)
        total += _enlarge(noise, width, height)[..., None]
    tones = rng.uniform(20, 110) * rng.uniform(0.6, 1.4, 3).astype(np.float32)
    return _base_colour(rng) + total * tones


def _patterned(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    """Stripes, checks or tiles of two colours."""
    first = _base_colour(rng)
    second = first + rng.normal(0, rng.uniform(10, 70), 3).astype(np.float32)
    period = rng.uniform(6, 50)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / period
    angle = rng.uniform(0, np.pi)
    across = np.floor(x * np.cos(angle) + y * np.sin(angle))
    along = np.floor(y * np.cos(angle) - x * np.sin(angle))
    chosen = (across + (along if rng.random() < 0.5 else 0)) % 2
    return np.asarray(first + (second - first) * chosen[..., None], np.float32)


def _scribble(rng: np.random.Generator, pixels: Pixels) -> None:
    """Lines and irregular patches, in place: clutter that no phrase names."""
    height, width = pixels.shape[:2]
    for _ in range(int(rng.integers(2, 9))):
        colour = _base_colour(rng).tolist()
        is_line = rng.random() < 0.7
        count = int(rng.integers(2, 7) if is_line else rng.integers(5, 9))
        points = rng.uniform((0, 0), (width, height), (count, 2)).astype(np.int32)
        if is_line:
            cv2.polylines(pixels, [points], False, colour, int(rng.integers(1, 4)), cv2.LINE_AA)  # noqa: FBT003 - OpenCV takes it by position
        else:
            cv2.fillPoly(pixels, [points], colour, lineType=cv2.LINE_AA)


def _enlarge(small: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
