"""Draws scenes: a background, things on it, the box of each; every pixel follows from a seed.

``python -m training.preview out.png`` shows twelve with their true boxes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.backgrounds import draw_background
from training.paint import draw_shape, tint
from training.photos import cut_photo
from training.sprites import VISIBLE_ALPHA, Sprite
from training.words import COLOURS, SHAPES, Words

SMALL_SHARE = 0.17  # of the scene's long side; between the two a thing is neither small nor large
LARGE_SHARE = 0.28
MIN_VISIBLE = 0.6
FIRST_STYLE_SHARE = 0.4  # before an even draw among all styles
USUAL_THINGS = 8  # drawn at most, but for second ones of a kind
PHOTO_SHARE = 0.12  # of the scenes, where there are photographs
BARE_SHARE = 0.3  # of those, with nothing on the photograph
Planned = tuple[int, str | None, float]  # thing, colour, share of the scene's long side


@dataclass(frozen=True)
class Placed:
    """One thing in a scene: ``xyxy`` its whole extent, ``share`` its long side by the scene's."""

    thing: int
    colour: str | None
    xyxy: tuple[float, float, float, float]
    share: float

    @property
    def size(self) -> str | None:
        """Either "small" or "large", None for what lies between."""
        if self.share <= SMALL_SHARE:
            return "small"
        return "large" if self.share >= LARGE_SHARE else None


@dataclass(frozen=True)
class Scene:
    """Pixels uint8 RGB (H, W, 3) and what was placed, in drawing order."""

    pixels: NDArray[np.uint8]
    placed: tuple[Placed, ...]


@dataclass(frozen=True)
class Painter:
    """What scenes are drawn from. ``styles`` are sprites by glyph; the first set is complete."""

    words: Words
    styles: Sequence[dict[str, Sprite]]
    photos: Sequence[NDArray[np.uint8]] = ()
    most_things: int = USUAL_THINGS

    def draw(self, rng: np.random.Generator, side: int) -> Scene:
        """Draw one scene of random things whose long side is ``side`` pixels."""
        frame = _pick_frame(rng, side)
        if self.photos and rng.random() < PHOTO_SHARE:
            pixels = cut_photo(rng, self.photos, *frame)
            plan = [] if rng.random() < BARE_SHARE else self._plan(rng)
        else:
            pixels, plan = draw_background(rng, *frame), self._plan(rng)
        scene = self.compose(rng, pixels, plan)
        return Scene(_degrade(rng, scene.pixels), scene.placed)

    def compose(
        self, rng: np.random.Generator, background: NDArray[np.uint8], plan: Sequence[Planned]
    ) -> Scene:
        """Put planned things where they hide each other little; what finds no place is left out."""
        pixels, side = background.copy(), max(background.shape[:2])
        style = 0 if rng.random() < FIRST_STYLE_SHARE else int(rng.integers(len(self.styles)))
        covered = np.zeros(pixels.shape[:2], np.int16)  # number of the thing seen at each pixel
        placed: list[Placed] = []
        areas: list[int] = []
        for thing, colour, share in plan:
            sprite = self._sprite(rng, thing, colour, style)
            sprite = _turn_and_scale(rng, sprite, share * side)
            spot = _find_spot(rng, sprite, covered, areas)
            if spot is None:
                continue
            _paste(pixels, covered, sprite, spot, len(placed) + 1)
            areas.append(int((sprite[..., 3] > VISIBLE_ALPHA).sum()))
            xyxy = _frame(spot, sprite)
            placed.append(Placed(thing, colour, xyxy, max(sprite.shape[:2]) / side))
        return Scene(pixels, tuple(placed))

    def _plan(self, rng: np.random.Generator) -> list[Planned]:
        """What to draw, large things first."""
        plan: list[Planned] = []
        count = int(rng.integers(2, self.most_things + 1))
        largest = 0.5 if count <= USUAL_THINGS else 0.33
        for _ in range(count):
            thing = self._pick_thing(rng)
            share = float(np.exp(rng.uniform(np.log(0.09), np.log(largest))))
            plan.append((thing, self._pick_colour(rng, thing), share))
            if rng.random() < 0.3:  # the same again: another size, another colour, or a plain pair
                other = float(np.exp(rng.uniform(np.log(0.09), np.log(0.45))))
                plan.append((thing, self._pick_colour(rng, thing), other))
        return sorted(plan, key=lambda entry: -entry[2])

    def _pick_thing(self, rng: np.random.Generator) -> int:
        total, nouns = len(self.words.things), len(self.words.things) - len(SHAPES)
        if rng.random() < 0.25:
            return int(rng.integers(nouns, total))
        return int(rng.integers(nouns))

    def _pick_colour(self, rng: np.random.Generator, thing: int) -> str | None:
        """Shapes always have a colour; a sixth of the sprites that may be tinted is."""
        kind = self.words.things[thing]
        if kind.glyph and not (kind.may_be_tinted and rng.random() < 0.18):
            return None
        return str(rng.choice(list(COLOURS)))

    def _sprite(
        self, rng: np.random.Generator, thing: int, colour: str | None, style: int
    ) -> Sprite:
        kind = self.words.things[thing]
        if kind.glyph is None:
            return draw_shape(rng, kind.shape or "", colour or "")
        sprites = self.styles[style]
        sprite = sprites.get(kind.glyph, self.styles[0][kind.glyph])
        return tint(rng, sprite, colour) if colour else sprite


def _frame(spot: tuple[int, int], sprite: Sprite) -> tuple[float, float, float, float]:
    x, y = spot
    return float(x), float(y), float(x + sprite.shape[1]), float(y + sprite.shape[0])


def _pick_frame(rng: np.random.Generator, side: int) -> tuple[int, int]:
    short = round(side * min(1.0, rng.uniform(0.6, 1.25)))
    return (side, short) if rng.random() < 0.6 else (short, side)


def _turn_and_scale(rng: np.random.Generator, sprite: Sprite, long_side: float) -> Sprite:
    """Flip, lean and stretch a little, scale to ``long_side`` pixels."""
    if rng.random() < 0.5:
        sprite = sprite[:, ::-1]
    height, width = sprite.shape[:2]
    scale = long_side / max(height, width)
    stretch = float(np.exp(rng.normal(0, 0.05)))
    angle = float(rng.normal(0, 9)) if rng.random() < 0.6 else 0.0
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix[0] *= scale * stretch
    matrix[1] *= scale / stretch
    reach = 1 + abs(np.sin(np.deg2rad(angle)))
    out_w, out_h = int(width * scale * stretch * reach) + 4, int(height * scale * reach) + 4
    matrix[:, 2] += np.array([out_w, out_h]) / 2 - matrix @ np.array([width / 2, height / 2, 1.0])
    if scale < 0.6:  # warping alone would skip source pixels
        window = round(0.8 / scale)
        sprite = np.asarray(cv2.blur(sprite, (window, window)), np.uint8)
    sprite = np.ascontiguousarray(sprite)
    warped = np.asarray(cv2.warpAffine(sprite, matrix, (out_w, out_h)), np.uint8)
    rows = np.flatnonzero((warped[..., 3] > VISIBLE_ALPHA).any(1))
    columns = np.flatnonzero((warped[..., 3] > VISIBLE_ALPHA).any(0))
    return warped[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _find_spot(
    rng: np.random.Generator, sprite: Sprite, covered: NDArray[np.int16], areas: list[int]
) -> tuple[int, int] | None:
    """A place (x, y) where the sprite hides no earlier thing too much; None after ten tries."""
    height, width = sprite.shape[:2]
    room_h, room_w = covered.shape[0] - height, covered.shape[1] - width
    if room_h < 0 or room_w < 0:
        return None
    opaque = sprite[..., 3] > VISIBLE_ALPHA
    for _ in range(10):
        x, y = int(rng.integers(room_w + 1)), int(rng.integers(room_h + 1))
        below = covered[y : y + height, x : x + width][opaque]
        if not below.any():
            return x, y
        if rng.random() < 0.2 and _leaves_all_visible(covered, below, areas):
            return x, y
    return None


def _leaves_all_visible(
    covered: NDArray[np.int16], below: NDArray[np.int16], areas: list[int]
) -> bool:
    lost = np.bincount(below, minlength=len(areas) + 1)[1:]
    seen = np.bincount(covered.ravel(), minlength=len(areas) + 1)[1:]
    return bool(np.all((seen - lost) >= MIN_VISIBLE * np.asarray(areas)))


def _paste(
    pixels: NDArray[np.uint8],
    covered: NDArray[np.int16],
    sprite: Sprite,
    spot: tuple[int, int],
    number: int,
) -> None:
    x, y = spot
    height, width = sprite.shape[:2]
    window = pixels[y : y + height, x : x + width]
    alpha = sprite[..., 3:].astype(np.float32) / 255
    window[:] = (window * (1 - alpha) + sprite[..., :3] * alpha).astype(np.uint8)
    covered[y : y + height, x : x + width][sprite[..., 3] > VISIBLE_ALPHA] = number


def _degrade(rng: np.random.Generator, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What cameras and uploads do: light, blur, noise, JPEG; each in a part of the scenes."""
    if rng.random() < 0.3:
        gain, offset = rng.uniform(0.8, 1.15), rng.uniform(-20, 20)
        pixels = np.clip(pixels * gain + offset, 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (3, 3), rng.uniform(0.4, 1.0)), np.uint8)
    if rng.random() < 0.2:
        noise = rng.integers(-12, 13, pixels.shape, np.int16)
        pixels = np.clip(pixels + noise * rng.uniform(0.3, 1.2), 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        quality = int(rng.integers(35, 95))
        _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return pixels
