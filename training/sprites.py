"""Emoji as RGBA sprites: rendered once from an open font (or artwork), tight on their alpha.

Knows nothing about names or scenes. Noto Color Emoji is Debian's package fonts-noto-color-emoji.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

NOTO_FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
NOTO_SIZE = 109  # the one bitmap size inside the font
CANVAS = 160
VISIBLE_ALPHA = 40

Sprite = NDArray[np.uint8]


@cache
def render_noto(glyphs: tuple[str, ...], font_path: Path = NOTO_FONT) -> dict[str, Sprite]:
    """Render each glyph to a uint8 RGBA array (H, W, 4), cropped to what is visible; kept."""
    font = ImageFont.truetype(str(font_path), NOTO_SIZE)
    return {glyph: _render_glyph(glyph, font) for glyph in glyphs}


def _render_glyph(glyph: str, font: ImageFont.FreeTypeFont) -> Sprite:
    canvas = Image.new("RGBA", (CANVAS, CANVAS))
    ImageDraw.Draw(canvas).text((8, 8), glyph, font=font, embedded_color=True)
    return crop_to_visible(np.asarray(canvas))


def crop_to_visible(rgba: Sprite) -> Sprite:
    """Cut an RGBA array (H, W, 4) to its visible part; ValueError when nothing is."""
    rows, columns = np.nonzero(rgba[..., 3] > VISIBLE_ALPHA)
    if rows.size == 0:
        message = "the sprite has no visible pixel"
        raise ValueError(message)
    top, bottom = rows.min(), rows.max() + 1
    left, right = columns.min(), columns.max() + 1
    return np.ascontiguousarray(rgba[top:bottom, left:right])


def load_styles(glyphs: Iterable[str], artwork: Iterable[Path]) -> list[dict[str, Sprite]]:
    """Noto, then each folder of artwork with files like ``1f436.png``, as far as it has them."""
    glyphs = tuple(glyphs)
    return [render_noto(glyphs), *(_load_folder(glyphs, folder) for folder in artwork)]


def _load_folder(glyphs: tuple[str, ...], folder: Path) -> dict[str, Sprite]:
    paths = {glyph: folder / f"{name_file(glyph)}.png" for glyph in glyphs}
    return {
        glyph: crop_to_visible(np.asarray(Image.open(path).convert("RGBA")))
        for glyph, path in paths.items()
        if path.exists()
    }


def name_file(glyph: str) -> str:
    """The usual name of a glyph's artwork: code points in lower-case hex, hyphens between."""
    return "-".join(f"{ord(character):x}" for character in glyph if character != "\ufe0f")
