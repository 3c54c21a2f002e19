"""Pictures on the screen: size, scale and sharpness."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detection.errors import ImageFormat
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
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
    assert screen.source_digest == grey(*size_wh).digest
    assert max(screen.image.size_wh) <= MAX_SIDE


def test_a_box_in_source_pixels_is_drawn_where_it_belongs() -> None:
    source, prompt = grey(3200, 2400), Prompt.parse("a dog")
    drawn = pixels_of(ScreenPicture.of(source).with_boxes(boxes_of(source, prompt), prompt))
    changed = np.argwhere(np.abs(drawn.astype(int) - 128).max(axis=2) > 60)
    left, top, right, bottom = boxes_of(source, prompt).xyxy[0] / 2
    assert changed[:, 1].max() == pytest.approx(right, abs=12)
    assert changed[:, 0].max() == pytest.approx(bottom, abs=12)
    assert changed[:, 1].min() >= left - 12
    assert changed[:, 0].min() >= top - 60  # the label stands on the box


def test_without_boxes_the_picture_is_the_picture() -> None:
    drawn = ScreenPicture.of(grey(64, 48)).with_boxes(Detections.empty(1), Prompt.parse("a dog"))
    assert np.abs(pixels_of(drawn).astype(int) - 128).max() <= 2


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
