"""Colours and shapes."""

import colorsys

import numpy as np
import pytest

from training.paint import COLOUR_RANGES, draw_shape, pick_colour, tint
from training.words import COLOURS, SHAPES


def test_every_colour_word_can_be_painted() -> None:
    assert set(COLOUR_RANGES) == set(COLOURS)


@pytest.mark.parametrize(
    ("colour", "hue"), [("red", 0.0), ("yellow", 0.16), ("green", 0.34), ("blue", 0.6)]
)
def test_a_picked_colour_has_its_hue(colour: str, hue: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        red, green, blue = (pick_colour(rng, colour) / 255).tolist()
        distance = abs(colorsys.rgb_to_hsv(red, green, blue)[0] - hue)
        assert min(distance, 1 - distance) < 0.08


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_drawn_tight(shape: str) -> None:
    sprite = draw_shape(np.random.default_rng(1), shape, "blue")
    alpha = sprite[..., 3]
    assert sprite.shape[2] == 4
    assert max(sprite.shape[:2]) > 60
    assert all(edge.any() for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))


def test_a_ring_has_a_hole_and_a_circle_has_none() -> None:
    rng = np.random.default_rng(2)
    for _ in range(8):
        ring, circle = draw_shape(rng, "ring", "red"), draw_shape(rng, "circle", "red")
        assert ring[ring.shape[0] // 2, ring.shape[1] // 2, 3] == 0
        assert circle[circle.shape[0] // 2, circle.shape[1] // 2, 3] == 255


def test_a_tint_keeps_the_outline_and_changes_the_colour() -> None:
    sprite = np.dstack([np.full((8, 8, 3), 120, np.uint8), np.eye(8, dtype=np.uint8) * 255])
    tinted = tint(np.random.default_rng(0), sprite, "red")
    assert np.array_equal(tinted[..., 3], sprite[..., 3])
    red, green, blue = tinted[0, 0, :3].astype(int).tolist()
    assert red > 150 > max(green, blue)
