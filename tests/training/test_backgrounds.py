"""Backgrounds have the asked size and follow from their seed."""

import numpy as np
import pytest

from training.backgrounds import draw_background


@pytest.mark.parametrize("seed", range(12))
def test_draw_background(seed: int) -> None:
    one, same = (draw_background(np.random.default_rng(seed), 50, 30) for _ in range(2))
    assert one.shape == (30, 50, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, same)
