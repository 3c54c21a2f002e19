import time
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import ImageColor, ImageFont

from detection.annotate import _FONT_FILE, PALETTE, annotate, phrase_colour
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections

PROMPT = Prompt.parse("a dog . the red cup . 一只红色的狗")


def plain(width: int, height: int, gray: int = 128) -> SourceImage:
    return SourceImage.from_pixels(np.full((height, width, 3), gray, np.uint8))


def found(*rows: tuple[int, float, Sequence[float]], prompt: Prompt = PROMPT) -> Detections:
    """Return detections of (phrase, score, xyxy)."""
    count = len(prompt.phrases)
    return Detections.ranked(
        xyxy=[xyxy for _, _, xyxy in rows],
        scores=[score for _, score, _ in rows],
        phrase_index=[index for index, _, _ in rows],
        phrase_scores=np.zeros((len(rows), count)),
        phrase_count=count,
    )


def colours_in(image: SourceImage) -> set[tuple[int, ...]]:
    return set(map(tuple, image.pixels.reshape(-1, 3).tolist()))


def test_the_source_is_left_alone_and_the_size_stays() -> None:
    source = plain(120, 90)
    before = source.pixels.copy()
    drawn = annotate(source, found((0, 0.9, [10, 30, 80, 70])), PROMPT)
    assert drawn.size_wh == (120, 90)
    assert drawn != source
    np.testing.assert_array_equal(source.pixels, before)


def test_nothing_found_draws_nothing() -> None:
    assert annotate(plain(40, 30), Detections.empty(3), PROMPT) == plain(40, 30)


def test_each_phrase_has_its_colour() -> None:
    rows = [(0, 0.9, [10, 40, 90, 90]), (2, 0.8, [110, 40, 190, 90])]
    drawn = colours_in(annotate(plain(400, 300), found(*rows), PROMPT))
    assert ImageColor.getrgb(phrase_colour(0)) in drawn
    assert ImageColor.getrgb(phrase_colour(2)) in drawn
    assert ImageColor.getrgb(phrase_colour(1)) not in drawn


def test_labels_tell_phrases_and_scores_apart_without_colour() -> None:
    """Same box, same words, same colour: another number or score is another picture."""
    prompt = Prompt.parse(" . ".join(["dog"] * (len(PALETTE) + 1)))
    box = [40.0, 60.0, 200.0, 160.0]
    rows = [(0, 0.9), (len(PALETTE), 0.9), (0, 0.8)]
    pictures = {
        annotate(plain(300, 200), found((*row, box), prompt=prompt), prompt).digest for row in rows
    }
    assert len(pictures) == 3


@pytest.mark.parametrize("gray", [0, 128, 255], ids=["dark", "middle", "light"])
@pytest.mark.parametrize("index", range(len(PALETTE)))
def test_a_box_stands_out_from_any_background(gray: int, index: int) -> None:
    """Line or halo differs from the background by a third of the range at least."""
    prompt = Prompt.parse(" . ".join(["dog"] * len(PALETTE)))
    drawn = annotate(
        plain(300, 200, gray), found((index, 0.9, [40, 60, 260, 160]), prompt=prompt), prompt
    )
    lower_edge = drawn.pixels[150:175, 150].astype(int)
    assert np.abs(lower_edge - gray).max() > 85


@pytest.mark.parametrize(
    ("size_wh", "xyxy"),
    [
        ((1, 1), [0, 0, 1, 1]),
        ((64, 64), [0, 0, 64, 64]),
        ((64, 64), [63.2, 63.2, 63.4, 63.4]),
        ((1200, 30), [1190, 0, 1200, 30]),
        ((300, 200), [-50, -50, 500, 500]),
        ((4000, 3000), [3990, 2990, 4000, 3000]),
    ],
    ids=["one pixel", "whole picture", "a speck", "a strip", "beyond the picture", "large"],
)
def test_any_box_in_any_picture_can_be_drawn(size_wh: tuple[int, int], xyxy: list[float]) -> None:
    drawn = annotate(plain(*size_wh), found((2, 0.9, xyxy)), PROMPT)
    assert drawn.size_wh == size_wh
    assert drawn != plain(*size_wh)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 500,
        "👩‍👩‍👧 family",
        "\U0002a700 rare",
        "हिन्दी",
        "dog\tdog",
        "a\u0301\u0301\u0301",
        "<b>",
    ],
    ids=ascii,
)
def test_any_phrase_can_be_a_label(text: str) -> None:
    prompt = Prompt.parse(text)
    drawn = annotate(plain(64, 48), found((0, 0.5, [5, 20, 60, 44]), prompt=prompt), prompt)
    assert drawn != plain(64, 48)


def test_the_font_that_ships_knows_gb_2312_and_more() -> None:
    """A character it lacks is drawn as an empty box, the same for each of them."""
    font = ImageFont.truetype(_FONT_FILE, 12)
    lacking = bytes(font.getmask("\U0001f436"))
    rows = [
        bytes((high, low)).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    ]
    characters = [row for row in rows if row]
    assert len(characters) == 6763
    known = "Aé“”—…。，、；：？！（）《》「」龍貓あアΩЖ×→①％"
    assert [
        letter for letter in [*characters, *known] if bytes(font.getmask(letter)) == lacking
    ] == []


def test_twenty_boxes_on_full_hd_take_little_time() -> None:
    """Aim: 100 ms of one core; the bound leaves room for a slow one."""
    rows = [(at % 3, 0.9, [at * 80, at * 40, at * 80 + 300, at * 40 + 200]) for at in range(20)]
    source, detections = plain(1920, 1080), found(*rows)
    annotate(source, detections, PROMPT)
    start = time.thread_time()
    annotate(source, detections, PROMPT)
    assert time.thread_time() - start < 0.2


def test_in_a_tiny_picture_the_label_leaves_most_of_it_free() -> None:
    before = plain(64, 48)
    drawn = annotate(before, found((1, 0.9, [4, 30, 20, 44])), PROMPT)
    assert (drawn.pixels != before.pixels).any(axis=2).mean() < 0.3
