"""Draws the bundled scenes from ``EXAMPLES``: ``python -m training.examples examples``.

Each follows from its seed and plan. Prompts and answers stand here too, so that one hand writes the
pictures, ``examples.json`` for the demo, and ``annotations.jsonl`` for ``training.evaluate``.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from detection.prompt import Prompt
from training.backgrounds import draw_background
from training.scenes import Painter, Planned, Scene
from training.sprites import load_styles
from training.words import SHAPES, load_words

CREDIT = "Drawn by this project; emoji: Noto Color Emoji, © Google, SIL Open Font License 1.1"
SIZE_WH = (640, 480)
QUALITY = 88
CALM = 0.55  # how far a background is drawn towards white


Answers = tuple[tuple[int, ...], ...]  # for each phrase in order, which of the things it means


@dataclass(frozen=True)
class Example:
    """One bundled scene: what to draw, and what to ask."""

    name: str
    seed: int
    things: tuple[tuple[str, str | None, float], ...]  # English name, colour, share
    english: str
    chinese: str
    answers_en: Answers
    answers_zh: Answers


EXAMPLES = (
    Example(
        "pets",
        77,
        (
            ("dog", None, 0.3),
            ("cat", None, 0.26),
            ("circle", "red", 0.22),
            ("star", "blue", 0.15),
            ("rabbit", None, 0.18),
        ),
        "a red circle . the dog",
        "红色圆形。狗",
        answers_en=((2,), (0,)),
        answers_zh=((2,), (0,)),
    ),
    Example(
        "street",
        48,
        (
            ("bus", None, 0.34),
            ("taxi", None, 0.24),
            ("bicycle", None, 0.24),
            ("palm tree", None, 0.3),
            ("house", None, 0.26),
        ),
        "find the bus and a bicycle beside the palm tree",
        "图中有公交车和自行车",
        answers_en=((0,), (2,), (3,)),
        answers_zh=((0,), (2,)),
    ),
    Example(
        "breakfast",
        61,
        (
            ("coffee", None, 0.26),
            ("croissant", None, 0.26),
            ("fried egg", None, 0.28),
            ("strawberry", None, 0.16),
            ("strawberry", None, 0.15),
            ("banana", None, 0.22),
            ("spoon", None, 0.2),
        ),
        "coffee . a croissant . two strawberries",
        "咖啡。羊角面包。香蕉",
        answers_en=((0,), (1,), (3, 4)),
        answers_zh=((0,), (1,), (5,)),
    ),
    Example(
        "shapes",
        105,
        (
            ("triangle", "green", 0.22),
            ("ring", "blue", 0.26),
            ("hexagon", "yellow", 0.2),
            ("heart", "pink", 0.24),
            ("triangle", "red", 0.16),
            ("arrow", "black", 0.22),
            ("square", "purple", 0.15),
        ),
        "red triangle . a blue ring . pink heart . purple square",
        "红色三角形。蓝色圆环。粉色心形。紫色正方形",
        answers_en=((4,), (1,), (3,), (6,)),
        answers_zh=((4,), (1,), (3,), (6,)),
    ),
    Example(
        "sizes",
        25,
        (
            ("elephant", None, 0.42),
            ("elephant", None, 0.13),
            ("fish", None, 0.34),
            ("fish", None, 0.12),
            ("umbrella", None, 0.2),
        ),
        "small elephant . large elephant . the small fish",
        "小大象。大的大象。小的鱼",
        answers_en=((1,), (0,), (3,)),
        answers_zh=((1,), (0,), (3,)),
    ),
    Example(
        "band",
        86,
        (
            ("guitar", None, 0.32),
            ("drum", None, 0.24),
            ("trumpet", None, 0.28),
            ("microphone", None, 0.2),
            ("cat", "blue", 0.22),
        ),
        "show me the guitar with a drum and a blue cat",
        "找出吉他和鼓以及蓝色的猫",
        answers_en=((0,), (1,), (4,)),
        answers_zh=((0,), (1,), (4,)),
    ),
)


def compose(example: Example, painter: Painter) -> Scene:
    """The scene of an example; raises ValueError when a thing found no place."""
    rng = np.random.default_rng(example.seed)
    background = draw_background(rng, *SIZE_WH)
    calmed = cv2.convertScaleAbs(background, alpha=1 - CALM, beta=255 * CALM)
    names = painter.words.truth["en"]  # shapes come last, so a star is the largest number
    plan: list[Planned] = [
        ((max if name in SHAPES else min)(names[name]), colour, share)
        for name, colour, share in example.things
    ]
    scene = painter.compose(rng, np.asarray(calmed, np.uint8), plan)
    if len(scene.placed) != len(plan):
        raise ValueError(f"{example.name}: expected room for {len(plan)} things")
    return scene


def annotate_example(file: str, scene: Scene, prompt: str, answers: Answers) -> dict[str, Any]:
    """One line of the annotations file (see ``training.evaluate``)."""
    phrases = Prompt.parse(prompt, load_words().unsplittable()).phrases
    return {
        "image": file,
        "prompt": prompt,
        "phrases": [
            {
                "start": phrase.start,
                "end": phrase.end,
                "boxes": [scene.placed[number].xyxy for number in numbers],
            }
            for phrase, numbers in zip(phrases, answers, strict=True)
        ],
    }


def main() -> None:
    """Read the command line; write pictures, ``examples.json`` and ``annotations.jsonl``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    words = load_words()
    glyphs = [thing.glyph for thing in words.things if thing.glyph]
    painter = Painter(words, load_styles(glyphs, ()))
    entries, lines = [], []
    for example in EXAMPLES:
        file, scene = f"{example.name}.jpg", compose(example, painter)
        Image.fromarray(scene.pixels).save(folder / file, quality=QUALITY)
        prompt = {"en": example.english, "zh": example.chinese}
        entries.append({"file": file, "prompt": prompt, "credit": CREDIT})
        asked = ((example.english, example.answers_en), (example.chinese, example.answers_zh))
        lines += [annotate_example(file, scene, *question) for question in asked]
    text = json.dumps(entries, ensure_ascii=False, indent=2)
    (folder / "examples.json").write_text(text + "\n", "utf-8")
    annotations = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "annotations.jsonl").write_text(annotations, "utf-8")


if __name__ == "__main__":
    main()
