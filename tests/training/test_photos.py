"""Photographs as backgrounds."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.training.builders import build_painter, needs_font
from training.photos import LONG_SIDE, PHOTOS, collect, cut_photo, load_photos
from training.scenes import Painter

PHOTO = np.random.default_rng(0).integers(0, 256, (90, 140, 3), np.uint8)


def test_what_is_there_is_collected_and_scaled(tmp_path: Path) -> None:
    source, out = tmp_path / PHOTOS[0], tmp_path / "out"
    source.parent.mkdir(parents=True)
    out.mkdir()
    Image.new("RGB", (2 * LONG_SIDE, LONG_SIDE)).save(source)
    assert collect(tmp_path, out) == 1
    assert [photo.shape for photo in load_photos(out)] == [(LONG_SIDE // 2, LONG_SIDE, 3)]


def test_without_a_folder_there_are_no_photographs() -> None:
    assert load_photos(None) == ()


def test_a_cut_has_the_size_asked_for_and_follows_from_the_seed() -> None:
    one, same = (cut_photo(np.random.default_rng(4), [PHOTO], 64, 48) for _ in range(2))
    assert one.shape == (48, 64, 3)
    assert np.array_equal(one, same)


@needs_font
def test_some_photographs_stand_alone() -> None:
    plain = build_painter()
    painter = Painter(plain.words, plain.styles, [PHOTO])
    rng = np.random.default_rng(1)
    counts = [len(painter.draw(rng, 64).placed) for _ in range(120)]
    assert 0 < counts.count(0) < 24
