"""Draws the bundled scenes from ``EXAMPLES``: ``python -m training.examples examples``.

Each follows from its seed and plan in ``training.example_scenes``; one hand writes the pictures,
``examples.json`` for the demo, and ``annotations.jsonl`` for ``training.evaluate``.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from detection.prompt import Prompt
from training.backgrounds import draw_background
from training.example_scenes import EXAMPLES, Answers, Example
from training.scenes import Painter, Planned, Scene
from training.sprites import load_styles
from training.words import SHAPES, load_words

CREDIT = {
    "en": "Drawn by this project; emoji: Noto Color Emoji, © Google, SIL Open Font License 1.1",
    "zh": "由本项目绘制；表情符号：Noto Color Emoji，© Google，SIL 开放字体许可证 1.1",
}
SIZE_WH = (640, 480)
QUALITY = 88
CALM = 0.55  # how far a background is drawn towards white


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
