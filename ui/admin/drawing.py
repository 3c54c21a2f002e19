"""One opinion as a picture: the boxes that were shown, what was said of each, what was missed."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from detection.annotate import annotate
from detection.image import SourceImage
from feedback.record import Feedback, Verdict
from ui.admin.words import shown_of

MAX_SIDE = 1200  # pixels
_CANVAS = (226, 226, 220)
_FONT_FILE = Path(__file__).parents[2] / "static" / "fonts" / "glip-demo-sans.otf"
_LONGEST_LABEL = 30  # characters
Point = tuple[float, float]
Corners = Sequence[float]

# A sign tells verdicts apart, the colour only helps; lines from 0 to 1 inside the badge.
_SIGNS: Mapping[Verdict, tuple[str, Sequence[Sequence[Point]]]] = {
    Verdict.RIGHT: ("#14663f", (((0.27, 0.53), (0.44, 0.70), (0.74, 0.32)),)),
    Verdict.WRONG: ("#a3231b", (((0.3, 0.3), (0.7, 0.7)), ((0.7, 0.3), (0.3, 0.7)))),
    Verdict.WRONG_LABEL: (
        "#7a4a00",
        (((0.26, 0.5), (0.72, 0.5)), ((0.54, 0.32), (0.74, 0.5), (0.54, 0.68))),
    ),
}


def draw_opinion(feedback: Feedback, picture: SourceImage | None) -> bytes:
    """Return a PNG of the picture, or of an empty canvas of its size, no larger than MAX_SIDE."""
    scale = min(1.0, MAX_SIDE / max(feedback.size_wh))
    width, height = (max(1, round(side * scale)) for side in feedback.size_wh)
    shown = shown_of(feedback)
    scaled = replace(shown, xyxy=shown.xyxy * np.float32(scale))
    drawn = annotate(_background(picture, (width, height)), scaled, feedback.prompt)
    canvas = Image.fromarray(drawn.pixels)
    unit = max(1.0, sqrt(width * height) / 300)  # as the boxes' lines
    draw = ImageDraw.Draw(canvas)
    for missed in feedback.missed:
        _draw_missed(draw, [side * scale for side in missed.xyxy], missed.phrase, unit)
    for verdict in feedback.verdicts:
        if verdict.index < len(scaled):
            _draw_badge(draw, scaled.xyxy[verdict.index].tolist(), verdict.verdict, unit)
    buffer = io.BytesIO()
    canvas.save(buffer, "PNG")
    return buffer.getvalue()


def _background(picture: SourceImage | None, size_wh: tuple[int, int]) -> SourceImage:
    if picture is None:
        return SourceImage.from_pixels(np.asarray(Image.new("RGB", size_wh, _CANVAS)))
    scaled = Image.fromarray(picture.pixels).resize(size_wh, Image.Resampling.LANCZOS)
    return SourceImage.from_pixels(np.asarray(scaled))


def _draw_badge(draw: ImageDraw.ImageDraw, box: Corners, verdict: Verdict, unit: float) -> None:
    """At the lower right corner of its box, inside: labels prefer the upper left."""
    colour, lines = _SIGNS[verdict]
    size = 14 + 6 * unit
    left, top = max(0.0, box[2] - size), max(0.0, box[3] - size)
    draw.ellipse(
        (left, top, left + size, top + size), fill=colour, outline="white", width=round(unit)
    )
    for line in lines:
        points = [(left + x * size, top + y * size) for x, y in line]
        draw.line(points, fill="white", width=max(2, round(size / 9)), joint="curve")


def _draw_missed(draw: ImageDraw.ImageDraw, box: Corners, phrase: str, unit: float) -> None:
    """White dashes on black: to be seen on any picture, and unlike any box of the model's."""
    line = max(2, round(unit))
    draw.rectangle(tuple(box), outline="black", width=line + 2)
    for start, end in _dashes(box, 8 * unit):
        draw.line((start, end), fill="white", width=line)
    words = phrase if len(phrase) <= _LONGEST_LABEL else f"{phrase[: _LONGEST_LABEL - 1]}…"
    font = _load_font(max(12, round(10 + 3 * unit)))
    place = (box[0] + line + 4, box[1] + line + 2)
    draw.rectangle(
        _padded(draw.textbbox(place, f"+ {words}", font=font)), fill="black", outline="white"
    )
    draw.text(place, f"+ {words}", fill="white", font=font)


def _dashes(box: Corners, length: float) -> Iterable[tuple[Point, Point]]:
    """Every second stretch of each side."""
    x1, y1, x2, y2 = box
    for start, end in (((x1, y1), (x2, y1)), ((x1, y2), (x2, y2))):
        yield from _stretches(start, end, length)
    for start, end in (((x1, y1), (x1, y2)), ((x2, y1), (x2, y2))):
        yield from _stretches(start, end, length)


def _stretches(start: Point, end: Point, length: float) -> Iterable[tuple[Point, Point]]:
    count = max(1, round(max(end[0] - start[0], end[1] - start[1]) / length))
    marks = np.linspace(start, end, count + 1).tolist()
    for first, last in list(pairwise(marks))[::2]:
        yield (first[0], first[1]), (last[0], last[1])


def _padded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return box[0] - 4, box[1] - 3, box[2] + 4, box[3] + 3


@lru_cache(maxsize=8)
def _load_font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT_FILE, size, layout_engine=ImageFont.Layout.BASIC)
