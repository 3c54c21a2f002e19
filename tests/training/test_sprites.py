"""Sprites: tight, and found by the usual file names."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.builders import needs_font
from training.sprites import crop_to_visible, load_styles, name_file


@pytest.mark.parametrize(("glyph", "name"), [("🐶", "1f436"), ("✈\ufe0f", "2708")])
def test_name_file(glyph: str, name: str) -> None:
    assert name_file(glyph) == name


def test_cropping_leaves_what_is_visible() -> None:
    rgba = np.zeros((9, 9, 4), np.uint8)
    rgba[2:5, 3:7, 3] = 255
    assert crop_to_visible(rgba).shape == (3, 4, 4)


def test_nothing_visible_is_refused() -> None:
    with pytest.raises(ValueError, match="visible"):
        crop_to_visible(np.zeros((9, 9, 4), np.uint8))


@needs_font
def test_artwork_is_a_style_of_its_own_and_may_lack_glyphs(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 255)).save(tmp_path / "1f436.png")
    noto, artwork = load_styles(("🐶", "🐱"), [tmp_path])
    assert set(noto) == {"🐶", "🐱"}
    assert set(artwork) == {"🐶"}
    assert artwork["🐶"].shape == (8, 8, 4)
