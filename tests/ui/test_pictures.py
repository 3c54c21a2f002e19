"""Pictures on the screen: size, scale and sharpness."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detection.errors import ImageFormat
from detection.image import SourceImage
from detection.prompt import Prompt
from tests.fakes import boxes_of, image_bytes
from ui.pictures import MAX_SIDE, ScreenPicture, load_screen_picture


def grey(width: int, height: int) -> SourceImage:
    return SourceImage.from_pixels(np.full((height, width, 3), 128, np.uint8))


def pixels_of(jpeg: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(jpeg)))


@pytest.mark.parametrize(
    ("size_wh", "expected_wh"),
    [((640, 480), (640, 480)), ((3200, 2400), (1600, 1200)), ((8000, 200), (1600, 40))],
)
def test_a_large_picture_is_scaled_to_the_screen(
    size_wh: tuple[int, int], expected_wh: tuple[int, int]
) -> None:
    screen = ScreenPicture.of(grey(*size_wh))
    assert screen.image.size_wh == expected_wh
    assert max(screen.image.size_wh) <= MAX_SIDE


def test_the_picture_on_the_screen_is_the_picture() -> None:
    shown = pixels_of(ScreenPicture.of(grey(64, 48)).as_jpeg())
    assert np.abs(shown.astype(int) - 128).max() <= 2


def test_a_thumbnail_is_small_and_shows_the_boxes() -> None:
    source, prompt = grey(1600, 1200), Prompt.parse("a dog")
    small = pixels_of(ScreenPicture.of(source).thumbnail(boxes_of(source, prompt), prompt))
    assert small.shape == (240, 320, 3)
    assert np.abs(small.astype(int) - 128).max() > 60


def test_a_file_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(image_bytes())
    first = load_screen_picture(path)
    path.unlink()
    assert load_screen_picture(path) is first


def test_what_is_no_picture_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "note.png"
    path.write_bytes(b"not a picture")
    with pytest.raises(ImageFormat):
        load_screen_picture(path)
