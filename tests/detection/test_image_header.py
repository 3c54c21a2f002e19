import pytest
from PIL import Image

from detection.errors import ImageBroken
from detection.image_header import parse_header
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

PICTURE = Image.fromarray(noise())
JPEG = encoded(PICTURE, "JPEG")
SECRET = b"GPS 48.2082 N 16.3738 E"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"progressive": True}])
def test_format_and_size_come_from_the_bytes(kind: str, options: dict[str, bool]) -> None:
    header = parse_header(encoded(PICTURE, kind, **options))
    assert (header.format, header.size_wh, header.orientation) == (kind, (24, 16), 1)


def test_the_size_of_a_webp_with_alpha_is_its_canvas() -> None:
    assert parse_header(encoded(PICTURE.convert("RGBA"), "WEBP")).size_wh == (24, 16)
    assert parse_header(webp(webp_canvas(5, 3))).size_wh == (5, 3)


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_is_read_wherever_it_is_kept(
    kind: str, orientation: int, order: str
) -> None:
    block = exif(orientation, order)
    data = {
        "JPEG": with_segment(JPEG, jpeg_segment(0xE1, b"Exif\0\0" + block)),
        "PNG": png((1, 1), 8, 0, b"\0\0", png_chunk(b"eXIf", block)),
        "WEBP": webp(webp_canvas(1, 1), webp_chunk(b"EXIF", block)),
    }[kind]
    assert parse_header(data).orientation == orientation


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II",
        exif(0),
        exif(9),
        exif(6)[:9],
        b"MM\0*\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
    ],
)
def test_a_nonsense_orientation_is_upright(block: bytes) -> None:
    data = with_segment(JPEG, jpeg_segment(0xE1, b"Exif\0\0" + block))
    assert parse_header(data).orientation == 1


@pytest.mark.parametrize(
    "data",
    [
        with_segment(JPEG, jpeg_segment(0xE1, b"Exif\0\0" + SECRET)),
        with_segment(JPEG, jpeg_segment(0xE2, b"ICC_PROFILE\0" + SECRET)),
        with_segment(JPEG, jpeg_segment(0xFE, SECRET)),
        JPEG + b"a film behind it " + SECRET,
        png((1, 1), 8, 0, b"\0\0", png_chunk(b"tEXt", b"Comment\0" + SECRET)),
        png((1, 1), 8, 0, b"\0\0", png_chunk(b"zTXt", b"bomb\0\0" + SECRET)),
        png((1, 1), 8, 0, b"\0\0", png_chunk(b"iCCP", b"profile\0\0" + SECRET)),
    ],
    ids=["EXIF", "profile", "comment", "trailer", "text", "packed text", "packed profile"],
)
def test_what_makes_no_pixels_is_cut_away_unread(data: bytes) -> None:
    assert SECRET in data
    assert SECRET not in parse_header(data).pixel_bytes


def test_fill_bytes_and_stray_bytes_between_jpeg_segments_are_skipped() -> None:
    stuffed = JPEG[:2] + b"\xff\xff\xff" + jpeg_segment(0xFE, b"note") + b"\0\0" + JPEG[2:]
    assert parse_header(stuffed).pixel_bytes == parse_header(JPEG).pixel_bytes


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff" * 200_000,
        b"\xff\xd8" + b"\xff\xd0" * 200_000,
        b"\xff\xd8" + b"\xff\xe1\0\2" * 200_000,
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", bytes(13)) + png_chunk(b"tIME", b"") * 200_000,
        webp(webp_canvas(9, 9), webp_chunk(b"XMP ", b"") * 200_000),
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"gAMA", bytes(4)) + png_chunk(b"IEND", b""),
    ],
    ids=["fill", "restarts", "segments", "PNG chunks", "WebP chunks", "no IHDR"],
)
def test_a_file_of_endless_parts_is_given_up(data: bytes) -> None:
    with pytest.raises(ImageBroken):
        parse_header(data)
