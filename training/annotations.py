"""Questions with known answers: read from a JSON Lines file, or drawn fresh from a seed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.image import SourceImage
from training.grammar import write_prompt
from training.phrases import Asker
from training.scenes import Painter
from training.sprites import load_styles
from training.words import LANGUAGES, Language, load_words

FRESH_SIDE = 512  # pixels, long side of fresh scenes
MIXED_SHARE = 0.1
CHINESE_SHARE = 0.45


@dataclass(frozen=True)
class Labelled:
    """A phrase of a prompt (half-open code points) and its true boxes, none when it is absent."""

    start: int
    end: int
    kind: str
    boxes: NDArray[np.float32]  # (N, 4) xyxy, pixels of the image


@dataclass(frozen=True)
class Question:
    """An image, a prompt as typed, and what is true about each of its phrases."""

    image: SourceImage
    prompt: str
    phrases: tuple[Labelled, ...]


def load_questions(path: Path) -> Iterator[Question]:
    """Read a line a picture; image paths are relative to the file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield _parse_question(json.loads(line), path.parent)


def _parse_question(record: dict[str, Any], folder: Path) -> Question:
    image = SourceImage.from_bytes((folder / record["image"]).read_bytes())
    phrases = tuple(_parse_phrase(phrase) for phrase in record["phrases"])
    return Question(image, record["prompt"], phrases)


def _parse_phrase(record: dict[str, Any]) -> Labelled:
    boxes = np.array(record["boxes"], np.float32).reshape(-1, 4)
    return Labelled(record["start"], record["end"], record.get("kind", "other"), boxes)


class FreshScenes:
    """Draws questions that follow from a seed alone; no training batch holds them."""

    def __init__(self, artwork: Path | None = None) -> None:
        """Take Noto's sprites, or those of one folder of artwork (see ``training.artwork``)."""
        words = load_words()
        glyphs = [thing.glyph for thing in words.things if thing.glyph]
        style = load_styles(glyphs, [artwork] if artwork else [])[-1]
        self._painter = Painter(words, [style])
        self._asker = Asker(words)

    def draw(self, seed: int, count: int, side: int = FRESH_SIDE) -> Iterator[Question]:
        """The first ``count`` questions of a seed; the n-th is the same for every count."""
        for number in range(count):
            yield self._draw_one(np.random.default_rng([2_000_000 + seed, number]), side)

    def _draw_one(self, rng: np.random.Generator, side: int) -> Question:
        scene = self._painter.draw(rng, side)
        language: Language = "zh" if rng.random() < CHINESE_SHARE else "en"
        languages = LANGUAGES if rng.random() < MIXED_SHARE else (language,)
        count = int(rng.integers(3, 8))
        asks = [
            ask
            for tongue in languages
            for ask in self._asker.ask(rng, scene, -(-count // len(languages)), tongue)
        ]
        prompt, spans = write_prompt(rng, [ask.text for ask in asks], language)
        boxes = np.array([placed.xyxy for placed in scene.placed], np.float32).reshape(-1, 4)
        phrases = tuple(
            Labelled(start, end, ask.kind, boxes[list(ask.answers)].reshape(-1, 4))
            for ask, (start, end) in zip(asks, spans, strict=True)
        )
        return Question(SourceImage.from_pixels(scene.pixels), prompt, phrases)
