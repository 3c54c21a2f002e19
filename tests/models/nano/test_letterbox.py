"""Letterboxing: aspect kept, rest grey, long side exact."""

import numpy as np
import pytest

from models.nano.letterbox import GREY, letterbox


@pytest.mark.parametrize(
    ("shape_hw", "filled_hw"),
    [
        pytest.param((100, 200), (32, 64), id="wide"),
        pytest.param((200, 100), (64, 32), id="tall"),
        pytest.param((50, 50), (64, 64), id="square, enlarged"),
        pytest.param((1, 40), (2, 64), id="a line"),
        pytest.param((1, 1000), (1, 64), id="a line that would vanish"),
    ],
)
def test_letterbox(shape_hw: tuple[int, int], filled_hw: tuple[int, int]) -> None:
    pixels = np.full((*shape_hw, 3), 255, np.uint8)
    square, scale = letterbox(pixels, 64)
    assert square.shape == (64, 64, 3)
    assert scale == 64 / max(shape_hw)
    filled = (square != GREY).all(-1)
    assert filled[: filled_hw[0], : filled_hw[1]].all()
    assert filled.sum() == filled_hw[0] * filled_hw[1]
