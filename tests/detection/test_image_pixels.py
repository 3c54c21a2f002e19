import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from detection.errors import BadImage, ImageBroken
from detection.image import SourceImage
from tests.detection.pictures import (
    encoded,
    exif,
    jpeg_segment,
    noise,
    png,
    png_chunk,
    webp,
    webp_canvas,
    webp_chunk,
    with_segment,
)


def pixels_of(data: bytes) -> list[list[list[int]]]:
    rows: list[list[list[int]]] = SourceImage.from_bytes(data).pixels.tolist()
    return rows


def rgb(*values: int) -> list[list[list[int]]]:
    """Return the pixels of a one-pixel picture."""
    return [[list(values)]]


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6  # colour types of PNG
COLOURS = png_chunk(b"PLTE", bytes((255, 0, 0, 0, 255, 0)))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png((2, 1), 1, GRAY, b"\0\x40"), [[[0] * 3, [255] * 3]]),
        (png((2, 1), 4, GRAY, b"\0\x0f"), [[[0] * 3, [255] * 3]]),
        (png((1, 1), 8, GRAY, b"\0\x64"), rgb(100, 100, 100)),
        (png((1, 1), 16, GRAY, b"\0" + words(40_000)), rgb(156, 156, 156)),
        (png((1, 1), 16, RGB, b"\0" + words(40_000, 0, 65_535)), rgb(156, 0, 255)),
        (png((1, 1), 16, GRAY_ALPHA, b"\0" + words(40_000, 65_535)), rgb(156, 156, 156)),
        (png((1, 1), 16, RGB_ALPHA, b"\0" + words(9, 9, 9, 0)), rgb(255, 255, 255)),
        (png((1, 1), 8, GRAY_ALPHA, b"\0\x00\x00"), rgb(255, 255, 255)),
        (png((1, 1), 8, RGB_ALPHA, b"\0\xff\x00\x00\x80"), rgb(255, 127, 127)),
        (png((2, 1), 1, PALETTE, b"\0\x40", COLOURS), [[[255, 0, 0], [0, 255, 0]]]),
        (
            png((2, 1), 1, PALETTE, b"\0\x40", COLOURS, png_chunk(b"tRNS", b"\xff\0")),
            [[[255, 0, 0], [255, 255, 255]]],
        ),
        (
            png((2, 1), 1, PALETTE, b"\0\x40", COLOURS, png_chunk(b"tRNS", b"\x80")),
            [[[255, 127, 127], [0, 255, 0]]],
        ),
        (
            png((2, 1), 8, RGB, b"\0\1\2\3\4\5\6", png_chunk(b"tRNS", words(1, 2, 3))),
            [[[255, 255, 255], [4, 5, 6]]],
        ),
        (
            png((2, 1), 16, GRAY, b"\0" + words(7, 40_000), png_chunk(b"tRNS", words(7))),
            [[[255] * 3, [156] * 3]],
        ),
        (
            png((1, 1), 16, RGB, b"\0" + words(300, 9, 9), png_chunk(b"tRNS", words(300, 9, 9))),
            rgb(255, 255, 255),
        ),
    ],
    ids=[
        "1 bit", "4 bit", "gray", "16-bit gray", "16-bit colour", "16-bit gray, alpha",
        "16-bit colour, alpha", "gray, alpha", "half transparent red", "palette",
        "palette, one colour transparent", "palette, half transparent", "colour key",
        "16-bit gray key", "16-bit colour key",
    ],
)  # fmt: skip
def test_every_kind_of_png_becomes_rgb_on_white(
    data: bytes, expected: list[list[list[int]]]
) -> None:
    assert pixels_of(data) == expected


def test_a_transparent_webp_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (2, 2), (255, 0, 0, 0))
    assert pixels_of(encoded(clear, "WEBP", lossless=True)) == [[[255] * 3] * 2] * 2


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_keeps_its_colours(mode: str) -> None:
    colour = Image.new("RGB", (16, 16), (200, 60, 20))
    data = encoded(colour.convert(mode), "JPEG", quality=95)
    expected = np.asarray(colour.convert(mode).convert("RGB"), np.int16)
    assert np.abs(SourceImage.from_bytes(data).pixels - expected).max() <= 4


def test_a_ycck_jpeg_keeps_its_colours() -> None:
    """Adobe's variant: luminance and chroma of the inverted ink. Only its marker says so."""
    inverted = Image.new("RGB", (16, 16), (255 - 200, 255 - 60, 255 - 20)).convert("YCbCr")
    # Pillow inverts what it writes, so the planes are inverted once more.
    planes = [*(plane.point(lambda value: 255 - value) for plane in inverted.split())]
    data = encoded(
        Image.merge("CMYK", [*planes, Image.new("L", (16, 16), 0)]),
        "JPEG",
        quality=95,
        subsampling=0,
    )
    transform = data.index(b"Adobe") + 11
    assert data[transform] == 0
    image = SourceImage.from_bytes(data[:transform] + b"\2" + data[transform + 1 :])
    expected = np.asarray(Image.new("RGB", (16, 16), (200, 60, 20)), np.int16)
    assert np.abs(image.pixels - expected).max() <= 4


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_set_upright(kind: str, orientation: int) -> None:
    """The same as Pillow's own turning."""
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(Image.fromarray(noise()), kind, exif=b"Exif\0\0" + exif(orientation), **options)
    image = SourceImage.from_bytes(data)
    with Image.open(io.BytesIO(data)) as reference:
        expected = ImageOps.exif_transpose(reference).convert("RGB")
    assert image.size_wh == expected.size
    np.testing.assert_array_equal(image.pixels, np.asarray(expected))


def test_damaged_metadata_harms_nobody_and_warns_nobody() -> None:
    """Warnings are errors here; Pillow warns about such EXIF and such multi-picture files."""
    jpeg = encoded(Image.fromarray(noise()), "JPEG")
    for body in (
        b"Exif\0\0II*\0\xff\xff",
        b"Exif\0\0" + exif(1)[:14],
        b"Exif\0\0MM\0*\0\0\0\x08\0\x09",
    ):
        assert SourceImage.from_bytes(with_segment(jpeg, jpeg_segment(0xE1, body)))
    assert SourceImage.from_bytes(with_segment(jpeg, jpeg_segment(0xE2, b"MPF\0II*\0\xff\xff")))


def test_the_first_picture_of_a_phone_s_multi_picture_file_counts() -> None:
    first, second = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    image = SourceImage.from_bytes(encoded(first, "MPO", save_all=True, append_images=[second]))
    assert image.pixels[8, 8, 0] > 240


def test_a_webp_whose_frame_disagrees_with_its_canvas_is_refused() -> None:
    still = encoded(Image.fromarray(noise()), "WEBP", lossless=True)
    with pytest.raises(BadImage):
        SourceImage.from_bytes(webp(webp_canvas(64, 64), still[12:]))


def test_a_webp_with_metadata_is_a_picture_like_any_other() -> None:
    still = encoded(Image.fromarray(noise()), "WEBP", lossless=True)
    data = webp(webp_canvas(24, 16, 0x08), still[12:], webp_chunk(b"EXIF", exif(3)))
    np.testing.assert_array_equal(SourceImage.from_bytes(data).pixels, noise()[::-1, ::-1])


def test_a_picture_without_its_palette_is_refused() -> None:
    with pytest.raises(ImageBroken):
        SourceImage.from_bytes(png((1, 1), 8, PALETTE, b"\0\1"))


SEEDS = [
    encoded(Image.fromarray(noise()).convert(mode), kind)
    for mode, kind in [
        ("RGB", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("P", "PNG"), ("RGBA", "PNG"),
        ("RGB", "WEBP"), ("RGBA", "WEBP"),
    ]
]  # fmt: skip


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_a_damaged_file_is_a_picture_or_a_bad_image(seed: int) -> None:
    """Flipped bytes, cut ends and inserted bytes: never another error, never a warning."""
    rng = np.random.default_rng(seed)
    for _ in range(150):
        data = bytearray(SEEDS[seed])
        for at in rng.integers(0, len(data), rng.integers(1, 9)):
            data[at] = rng.integers(0, 256)
        cut = int(rng.integers(len(data) // 2, 2 * len(data)))
        try:
            image = SourceImage.from_bytes(bytes(data[:cut]))
        except BadImage:
            continue
        assert image.pixels.shape == (image.height, image.width, 3)
