"""OWLv2's square, against what the library's own arithmetic (with SciPy) made of the pixels."""

from pathlib import Path

import numpy as np
import pytest

from models.huggingface.squares import make_square

RECORDED = np.load(Path(__file__).parent / "data" / "squares.npz")
KINDS = ["smaller", "larger", "much_smaller", "same", "nearly", "thin"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_square_is_the_library_s(kind: str) -> None:
    square = RECORDED[f"{kind}_square"]
    ours = make_square(RECORDED[f"{kind}_pixels"], len(square))
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, square, atol=1e-6)


def test_beside_the_picture_it_is_black() -> None:
    square = make_square(np.full((8, 16, 3), 200, np.uint8), 16)
    assert square[:8].min() == pytest.approx(200 / 255)
    assert square[8:].max() == 0


def test_one_pixel_fills_it() -> None:
    assert np.ptp(make_square(np.full((1, 1, 3), 9, np.uint8), 4)) == 0
