"""Colours, tints and geometric shapes as RGBA sprites. Knows nothing about scenes or names."""

import colorsys
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from training.sprites import Sprite, crop_to_visible

# Hue, saturation and value ranges in [0, 1]; gaps between neighbours keep every colour nameable.
COLOUR_RANGES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "red": ((-0.02, 0.015), (0.75, 1.0), (0.7, 1.0)),
    "orange": ((0.06, 0.095), (0.8, 1.0), (0.9, 1.0)),
    "yellow": ((0.135, 0.17), (0.7, 1.0), (0.9, 1.0)),
    "green": ((0.27, 0.41), (0.55, 1.0), (0.4, 0.85)),
    "blue": ((0.55, 0.65), (0.65, 1.0), (0.6, 1.0)),
    "purple": ((0.74, 0.82), (0.5, 0.95), (0.45, 0.8)),
    "pink": ((0.88, 0.96), (0.25, 0.55), (0.95, 1.0)),
    "brown": ((0.04, 0.085), (0.55, 0.85), (0.35, 0.58)),
    "black": ((0.0, 1.0), (0.0, 0.2), (0.02, 0.14)),
    "white": ((0.0, 1.0), (0.0, 0.03), (0.96, 1.0)),
    "gray": ((0.0, 1.0), (0.0, 0.05), (0.42, 0.65)),
}
Points = NDArray[np.float64]
SHAPE_SIDE = 160
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
_FREELY_TURNED = {"triangle", "star", "pentagon", "hexagon", "arrow", "crescent", "ellipse", "ring"}


def pick_colour(rng: np.random.Generator, colour: str) -> NDArray[np.float32]:
    """One RGB value in [0, 255], float32 (3,), of a named colour."""
    hue, saturation, value = (rng.uniform(*limits) for limits in COLOUR_RANGES[colour])
    return np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, value), np.float32) * 255


def tint(rng: np.random.Generator, sprite: Sprite, colour: str) -> Sprite:
    """The sprite in one colour, its light and shade kept; uint8 RGBA of the same shape."""
    light = sprite[..., :3].astype(np.float32) @ _LUMINANCE / 255
    visible = sprite[..., 3] > 0
    light = light - light[visible].mean()
    rgb = pick_colour(rng, colour) * (1 + rng.uniform(0.5, 0.9) * light[..., None])
    rgb += rng.uniform(30, 90) * light[..., None]
    return np.dstack([np.clip(rgb, 0, 255).astype(np.uint8), sprite[..., 3]])


def draw_shape(rng: np.random.Generator, shape: str, colour: str) -> Sprite:
    """A shape as uint8 RGBA, tight on its alpha: filled, shaded, outlined, sometimes hollow."""
    turn = 180.0 if shape in _FREELY_TURNED else 12.0
    outline = _turn(_outline(rng, shape), rng.uniform(-turn, turn))
    points = _fit(outline, SHAPE_SIDE)
    holes = [_fit_hole(rng, points)] if shape == "ring" else []
    mask = np.zeros((SHAPE_SIDE, SHAPE_SIDE), np.uint8)
    cv2.fillPoly(mask, [points, *holes], 255, lineType=cv2.LINE_AA)
    rgb = np.empty((SHAPE_SIDE, SHAPE_SIDE, 3), np.float32)
    rgb[:] = pick_colour(rng, colour)
    _shade(
        rng, rgb, mask, [points, *holes], may_be_hollow=shape not in {"circle", "ring", "ellipse"}
    )
    return crop_to_visible(np.dstack([np.clip(rgb, 0, 255).astype(np.uint8), mask]))


def _shade(
    rng: np.random.Generator,
    rgb: NDArray[np.float32],
    mask: NDArray[np.uint8],
    outlines: list[NDArray[np.int32]],
    *,
    may_be_hollow: bool,
) -> None:
    """Vary the surface in place: a gradient, a darker or lighter rim, or only a thick line."""
    style = rng.random()
    if style < 0.25:
        rgb *= np.linspace(rng.uniform(0.75, 1), rng.uniform(0.9, 1.12), SHAPE_SIDE)[:, None, None]
    elif style < 0.45:
        rim = (rgb[0, 0] * rng.uniform(0.45, 0.8)).tolist()
        cv2.polylines(rgb, outlines, True, rim, int(rng.integers(3, 9)), cv2.LINE_AA)  # noqa: FBT003 - OpenCV takes it by position
    elif style < 0.6 and may_be_hollow:
        mask[:] = 0
        cv2.polylines(mask, outlines, True, 255, int(rng.integers(12, 24)), cv2.LINE_AA)  # noqa: FBT003 - OpenCV takes it by position


def _outline(rng: np.random.Generator, shape: str) -> Points:
    """Corner points (N, 2) of a shape, upright, in units of its own."""
    return _OUTLINES[shape](rng)


def _ellipse(rng: np.random.Generator) -> Points:
    return _regular(72) * [1.0, rng.uniform(0.42, 0.7)]


def _rectangle(rng: np.random.Generator) -> Points:
    sides = [1.0, rng.uniform(0.35, 0.65)]
    return _SQUARE * (sides if rng.random() < 0.6 else sides[::-1])


def _diamond(rng: np.random.Generator) -> Points:
    return _regular(4) * [rng.uniform(0.6, 0.85), 1.0]


def _regular(corners: int) -> Points:
    angles = np.arange(corners) * 2 * np.pi / corners - np.pi / 2
    return np.stack([np.cos(angles), np.sin(angles)], 1)


def _star(rng: np.random.Generator) -> Points:
    radius = np.where(np.arange(10) % 2 == 0, 1.0, rng.uniform(0.38, 0.5))
    return _regular(10) * radius[:, None]


def _cross(rng: np.random.Generator) -> Points:
    a, b = rng.uniform(0.25, 0.42), 1.0
    quarter = np.array([[a, -b], [a, -a], [b, -a]])
    turns = [np.array([[c, -s], [s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    return np.concatenate([quarter @ turn.T for turn in turns])


def _arrow(rng: np.random.Generator) -> Points:
    shaft, neck = rng.uniform(0.15, 0.3), rng.uniform(0.0, 0.2)
    upper = [[-1, -shaft], [neck, -shaft], [neck, -0.65], [1, 0]]
    return np.array([*upper, [neck, 0.65], [neck, shaft], [-1, shaft]], np.float64)


def _heart() -> Points:
    t = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.stack([16 * np.sin(t) ** 3, -y], 1)


def _crescent() -> Points:
    outer = np.linspace(np.pi * 0.25, np.pi * 1.75, 48)
    tip = np.array([np.cos(outer[0]), np.sin(outer[0])])
    centre = tip[0] - 0.1
    radius = np.hypot(tip[0] - centre, tip[1])
    angle = np.arctan2(tip[1], tip[0] - centre)
    inner = np.linspace(2 * np.pi - angle, angle, 48)
    far = np.stack([np.cos(outer), np.sin(outer)], 1)
    near = np.stack([centre + radius * np.cos(inner), radius * np.sin(inner)], 1)
    return np.concatenate([far, near])


_SQUARE = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
_HEART, _CRESCENT = _heart(), _crescent()
_OUTLINES: dict[str, Callable[[np.random.Generator], Points]] = {
    "circle": lambda _: _regular(72),
    "ring": lambda _: _regular(72),
    "triangle": lambda _: _regular(3),
    "square": lambda _: _SQUARE,
    "pentagon": lambda _: _regular(5),
    "hexagon": lambda _: _regular(6),
    "heart": lambda _: _HEART,
    "crescent": lambda _: _CRESCENT,
    "ellipse": _ellipse,
    "rectangle": _rectangle,
    "diamond": _diamond,
    "star": _star,
    "cross": _cross,
    "arrow": _arrow,
}


def _turn(points: Points, degrees: float) -> Points:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.asarray(points @ np.array([[c, s], [-s, c]]), np.float64)


def _fit(points: Points, side: int) -> NDArray[np.int32]:
    """Scale points into a square canvas with a margin of 14 pixels, aspect kept."""
    low, high = points.min(0), points.max(0)
    scale = (side - 28) / (high - low).max()
    centred = (points - (low + high) / 2) * scale + side / 2
    return np.asarray(np.round(centred), np.int32)


def _fit_hole(rng: np.random.Generator, points: NDArray[np.int32]) -> NDArray[np.int32]:
    centre = points.mean(0)
    hole = (points - centre) * rng.uniform(0.5, 0.72) + centre
    return np.asarray(np.round(hole), np.int32)
