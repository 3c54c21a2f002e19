"""Draw detections on a picture: boxes with a halo, labels on plates, one colour a phrase."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, sqrt
from pathlib import Path
from unicodedata import category

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from detection.image import SourceImage
from detection.label_places import Rectangle, place_labels
from detection.palette import PALETTE, contrast_colour, phrase_colour
from detection.prompt import Prompt
from detection.result import Detections

__all__ = ["PALETTE", "annotate", "contrast_colour", "phrase_colour"]

_FONT_FILE = Path(__file__).parents[1] / "static" / "fonts" / "glip-demo-sans.otf"


_LONGEST_LABEL = 30  # characters of the phrase; the whole of it stands in the table beside


@dataclass(frozen=True)
class _Style:
    """Sizes in pixels, in proportion to the picture."""

    line: int
    halo: int
    padding: int
    font: ImageFont.FreeTypeFont

    @classmethod
    def for_picture(cls, size_wh: tuple[int, int]) -> "_Style":
        side = sqrt(size_wh[0] * size_wh[1])  # of the square of equal area
        line = max(1, round(side / 300))
        return cls(
            line=line,
            halo=max(1, round(line / 3)),
            padding=max(1, round(side / 300)),
            font=_load_font(max(10, round(4 + side / 42))),
        )

    @property
    def margin(self) -> int:
        """From the edge of a label's plate to its letters."""
        return self.padding + self.halo


@lru_cache(maxsize=16)
def _load_font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT_FILE, size, layout_engine=ImageFont.Layout.BASIC)


@dataclass(frozen=True)
class _Mark:
    """One detection as it is drawn."""

    box: Rectangle
    label: str
    colour: str


def annotate(image: SourceImage, detections: Detections, prompt: Prompt) -> SourceImage:
    """Return a new picture with every detection drawn on it; the best one is drawn last, on top."""
    style = _Style.for_picture(image.size_wh)
    marks = _marks(detections, prompt, style, _label_room(style, image.size_wh))
    sizes_wh = [_plate_size(mark.label, style) for mark in marks]
    plates = place_labels([mark.box for mark in marks], sizes_wh, image.size_wh)
    canvas = Image.fromarray(image.pixels)
    draw = ImageDraw.Draw(canvas)
    for mark in reversed(marks):
        _draw_box(draw, mark, style)
    for mark, plate in reversed(list(zip(marks, plates, strict=True))):
        _draw_label(draw, mark, plate, style)
    return SourceImage.from_pixels(np.asarray(canvas))


def _marks(detections: Detections, prompt: Prompt, style: _Style, room: int) -> list[_Mark]:
    return [
        _Mark(
            box=_whole_pixels(xyxy),
            label=_label(index + 1, prompt.phrases[index].text, score, (style, room)),
            colour=phrase_colour(index),
        )
        for xyxy, index, score in zip(
            detections.xyxy.tolist(),
            detections.phrase_index.tolist(),
            detections.scores.tolist(),
            strict=True,
        )
    ]


def _whole_pixels(xyxy: list[float]) -> Rectangle:
    """Round outwards; a box keeps at least one pixel."""
    x1, y1, x2, y2 = floor(xyxy[0]), floor(xyxy[1]), ceil(xyxy[2]), ceil(xyxy[3])
    return Rectangle(x1, y1, max(x2, x1 + 1), max(y2, y1 + 1))


def _label_room(style: _Style, size_wh: tuple[int, int]) -> int:
    """The widest a label may be: half of a picture so low that labels would hide it."""
    width, height = size_wh
    return width if 8 * _plate_size("", style)[1] <= height else width // 2


def _label(number: int, phrase: str, score: float, room: tuple[_Style, int]) -> str:
    """Number of the phrase, its words, score ("2 the red cup 0.91"), cut to fit the room."""
    style, width = room
    words = " ".join("".join(filter(_is_drawn, phrase)).split())
    for length in range(min(len(words), _LONGEST_LABEL), 0, -1):
        shown = words if length == len(words) else words[:length].rstrip() + "…"
        label = f"{number} {shown} {score:.2f}"
        if _plate_size(label, style)[0] <= width:
            return label
    return f"{number}"


def _is_drawn(character: str) -> bool:
    """Leave out what only changes its neighbours (joiners, variation selectors)."""
    return category(character) != "Cf" and not 0xFE00 <= ord(character) <= 0xFE0F


def _plate_size(label: str, style: _Style) -> tuple[int, int]:
    top, bottom = _letter_heights(style.font)
    return ceil(style.font.getlength(label)) + 2 * style.margin, bottom - top + 2 * style.margin


@lru_cache(maxsize=16)
def _letter_heights(font: ImageFont.FreeTypeFont) -> tuple[int, int]:
    """Top and bottom, from the base line, of letters that reach high and low."""
    _, top, _, bottom = font.getbbox("国Ág", anchor="ls")
    return floor(top), ceil(bottom)


def _draw_box(draw: ImageDraw.ImageDraw, mark: _Mark, style: _Style) -> None:
    x1, y1, x2, y2 = mark.box
    halo = style.halo
    around = (x1 - halo, y1 - halo, x2 - 1 + halo, y2 - 1 + halo)
    draw.rectangle(around, outline=contrast_colour(mark.colour), width=style.line + 2 * halo)
    draw.rectangle((x1, y1, x2 - 1, y2 - 1), outline=mark.colour, width=style.line)


def _draw_label(draw: ImageDraw.ImageDraw, mark: _Mark, plate: Rectangle, style: _Style) -> None:
    ink = contrast_colour(mark.colour)
    corners = (plate.x1, plate.y1, plate.x2 - 1, plate.y2 - 1)
    draw.rectangle(corners, fill=mark.colour, outline=ink, width=style.halo)
    base_line = plate.y1 + style.margin - _letter_heights(style.font)[0]
    draw.text(
        (plate.x1 + style.margin, base_line), mark.label, fill=ink, font=style.font, anchor="ls"
    )
