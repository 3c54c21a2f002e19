import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest
from PIL import Image

from detection.errors import (
    BadImage,
    ImageAnimated,
    ImageBroken,
    ImageDimensions,
    ImageFormat,
    ImageMissing,
    ImageTooLarge,
)
from detection.image import ImageLimits, SourceImage
from tests.detection.pictures import (
    bomb_png,
    encoded,
    jpeg_segment,
    noise,
    png,
    webp,
    webp_canvas,
    webp_chunk,
)

FRAMES = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
ANIMATION = {"save_all": True, "append_images": FRAMES[1:], "duration": 100}
JPEG = encoded(Image.fromarray(noise()), "JPEG")
PNG = encoded(Image.fromarray(noise()))
WEBP = encoded(Image.fromarray(noise()), "WEBP")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_comes_in_as_read_only_rgb(kind: str) -> None:
    image = SourceImage.from_bytes(encoded(Image.fromarray(noise()), kind, lossless=True))
    assert image.size_wh == (image.width, image.height) == (24, 16)
    assert not image.pixels.flags.writeable
    np.testing.assert_array_equal(image.pixels, noise())


def test_the_digest_is_of_the_pixels_not_of_the_file() -> None:
    image = SourceImage.from_bytes(PNG)
    same = SourceImage.from_bytes(encoded(Image.fromarray(noise()), "WEBP", lossless=True))
    assert image.digest == same.digest
    assert image == same
    assert len(image.digest) == 64


def test_the_digest_tells_shapes_apart() -> None:
    wide, tall = (np.zeros(shape, np.uint8) for shape in ((2, 8, 3), (8, 2, 3)))
    assert SourceImage.from_pixels(wide).digest != SourceImage.from_pixels(tall).digest


def test_pixels_that_someone_may_write_are_copied() -> None:
    pixels = noise()
    image = SourceImage.from_pixels(pixels)
    pixels[:] = 0
    np.testing.assert_array_equal(image.pixels, noise())


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)]
)
def test_pixels_of_another_shape_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected uint8 \(H, W, 3\)"):
        SourceImage.from_pixels(pixels)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"", ImageMissing, id="nothing"),
        pytest.param(b"just a text", ImageFormat, id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n", ImageBroken, id="only the magic of PNG"),
        pytest.param(b"\xff\xd8\xff", ImageBroken, id="only the magic of JPEG"),
        pytest.param(webp(), ImageBroken, id="only the magic of WebP"),
        pytest.param(encoded(FRAMES[0], "GIF"), ImageFormat, id="GIF"),
        pytest.param(encoded(FRAMES[0], "TIFF"), ImageFormat, id="TIFF"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", ImageFormat, id="SVG"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n", ImageFormat, id="EPS"),
        pytest.param(encoded(FRAMES[0], "PNG", **ANIMATION), ImageAnimated, id="animated PNG"),
        pytest.param(encoded(FRAMES[0], "WEBP", **ANIMATION), ImageAnimated, id="animated WebP"),
        pytest.param(JPEG[: len(JPEG) // 2], ImageBroken, id="half a JPEG"),
        pytest.param(PNG[: len(PNG) // 2], ImageBroken, id="half a PNG"),
        pytest.param(WEBP[: len(WEBP) // 2], ImageBroken, id="half a WebP"),
        pytest.param(PNG[:40] + b"junk" + PNG[40:], ImageBroken, id="damaged PNG"),
        pytest.param(bomb_png(), ImageDimensions, id="400 megapixels"),
        pytest.param(png((12_001, 1), 1, 0, b""), ImageDimensions, id="too long a side"),
        pytest.param(png((410, 10), 1, 0, b""), ImageDimensions, id="too thin"),
        pytest.param(png((0, 10), 1, 0, b""), ImageBroken, id="no width"),
        pytest.param(webp(webp_canvas(16_000, 16_000)), ImageDimensions, id="huge WebP canvas"),
        pytest.param(webp(webp_chunk(b"ABCD", b"")), ImageBroken, id="unknown kind of WebP"),
    ],
)
def test_what_is_no_picture_for_us_is_refused_by_name(data: bytes, error: type[BadImage]) -> None:
    with pytest.raises(error):
        SourceImage.from_bytes(data)


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        (ImageLimits(max_bytes=len(PNG)), nullcontext()),
        (ImageLimits(max_bytes=len(PNG) - 1), pytest.raises(ImageTooLarge, match="limit=")),
        (ImageLimits(max_pixels=24 * 16), nullcontext()),
        (ImageLimits(max_pixels=24 * 16 - 1), pytest.raises(ImageDimensions)),
        (ImageLimits(max_side=24), nullcontext()),
        (ImageLimits(max_side=23), pytest.raises(ImageDimensions, match="max_side=23")),
        (ImageLimits(max_aspect=1.5), nullcontext()),
        (ImageLimits(max_aspect=1.4), pytest.raises(ImageDimensions, match="width=24")),
    ],
    ids=repr,
)
def test_limits_are_inclusive_and_adjustable(
    limits: ImageLimits, outcome: nullcontext[None] | pytest.RaisesExc[BadImage]
) -> None:
    with outcome:
        assert SourceImage.from_bytes(PNG, limits).size_wh == (24, 16)


def test_a_progressive_jpeg_of_endless_scans_is_refused() -> None:
    progressive = encoded(Image.fromarray(noise()), "JPEG", progressive=True)
    start = progressive.rindex(b"\xff\xda")
    assert SourceImage.from_bytes(progressive).size_wh == (24, 16)
    with pytest.raises(ImageBroken):
        SourceImage.from_bytes(progressive[:start] + progressive[start:-2] * 200 + b"\xff\xd9")


def test_a_jpeg_that_names_two_sizes_is_refused() -> None:
    size = jpeg_segment(0xC0, bytes((8, 0, 9, 0, 9, 1, 1, 0x11, 0)))
    with pytest.raises(ImageBroken):
        SourceImage.from_bytes(JPEG[:2] + size + JPEG[2:])


BOMBS = """
import resource, sys
from detection.errors import ImageDimensions
from detection.image import SourceImage
from tests.detection.pictures import bomb_png, webp, webp_canvas

bombs = [bomb_png(), webp(webp_canvas(16383, 16383))]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
refused = 0
for data in bombs * 8:
    try:
        SourceImage.from_bytes(data)
    except ImageDimensions:
        refused += 1
moved = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(refused, "refused;", moved, "KiB")
sys.exit(refused != 16 or moved > 20_000)
"""


def test_bombs_do_not_move_the_memory() -> None:
    """In a process of its own; one of them decoded would take 1.2 GB."""
    assert len(bomb_png()) < 60_000
    done = subprocess.run([sys.executable, "-c", BOMBS], check=False, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
