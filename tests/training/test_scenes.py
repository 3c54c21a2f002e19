"""Scenes: they follow from their seed, and their boxes hold what they say."""

import numpy as np
import pytest

from tests.training.builders import build_painter, needs_font
from training.scenes import LARGE_SHARE, SMALL_SHARE, Placed

pytestmark = needs_font


def test_equal_seeds_draw_equal_scenes() -> None:
    one, same, other = (build_painter().draw(np.random.default_rng(seed), 96) for seed in (5, 5, 6))
    assert one.placed == same.placed
    assert np.array_equal(one.pixels, same.pixels)
    assert one.placed != other.placed


@pytest.mark.parametrize("seed", range(6))
def test_boxes_lie_inside_and_the_long_side_is_as_asked(seed: int) -> None:
    scene = build_painter().draw(np.random.default_rng(seed), 128)
    height, width = scene.pixels.shape[:2]
    assert max(height, width) == 128
    for placed in scene.placed:
        x1, y1, x2, y2 = placed.xyxy
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height


@pytest.mark.parametrize(
    ("share", "size"),
    [(SMALL_SHARE, "small"), (0.22, None), (LARGE_SHARE, "large")],
)
def test_size_words(share: float, size: str | None) -> None:
    assert Placed(0, None, (0, 0, 1, 1), share).size == size
