"""Finer questions than average precision: ``python -m training.probes [PHOTO ...]``.

Can it tell the right one of four colours and of two sizes on the same thing? And how often do
names fire on photographs, which it was never taught?
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from detection.boxes import iou_matrix
from detection.detector import Detector
from detection.image import SourceImage
from detection.prompt import Prompt
from models.registry import build_detector
from training.evaluate import DEFAULT_MODEL, DEFAULT_SEED
from training.scenes import Painter, Placed
from training.sprites import load_styles
from training.words import COLOURS, Thing, load_words

SIDE = 512  # pixels
NAMES_A_PHOTO = 100
PHRASES_A_PROMPT = 5


def ask(detector: Detector, image: SourceImage, phrases: Sequence[str], box: Placed) -> int:
    """Which phrase scores best where the thing is, -1 when no answer overlaps it."""
    prompt = Prompt.parse(" . ".join(phrases), detector.vocabulary)
    (found,) = detector.detect_batch([detector.prepare(image, prompt)])
    overlap = iou_matrix(found.xyxy, np.array([box.xyxy], np.float32))[:, 0]
    rows = np.flatnonzero(overlap >= 0.5)
    return int(found.phrase_index[rows[0]]) if rows.size else -1


def probe_scenes(detector: Detector, count: int) -> dict[str, dict[str, float]]:
    """Accuracy and number of trials of the colour (one of four) and size (one of two) probes."""
    words = load_words()
    glyphs = [thing.glyph for thing in words.things if thing.glyph]
    painter = Painter(words, load_styles(glyphs, ()))
    trials: dict[str, list[bool]] = {"colour of a shape": [], "colour of a noun": [], "size": []}
    for number in range(count):
        rng = np.random.default_rng([3_000_000 + DEFAULT_SEED, number])
        scene = painter.draw(rng, SIDE)
        image = SourceImage.from_pixels(scene.pixels)
        for placed in scene.placed:
            for kind, phrases in word_probes(rng, words.things[placed.thing], placed):
                trials[kind].append(ask(detector, image, phrases, placed) == 0)
    return {
        kind: {"accuracy": round(float(np.mean(right)), 3), "trials": len(right)}
        for kind, right in trials.items()
    }


def word_probes(
    rng: np.random.Generator, thing: Thing, placed: Placed
) -> Iterator[tuple[str, list[str]]]:
    """Kind and phrases of each probe a placed thing allows; the first phrase is the right one."""
    name = thing.names["en"][0]
    if placed.colour:
        others = [colour for colour in COLOURS if colour != placed.colour]
        colours = [placed.colour, *rng.choice(others, 3, replace=False)]
        kind = "colour of a shape" if thing.shape else "colour of a noun"
        yield kind, [f"{colour} {name}" for colour in colours]
    if placed.size:
        other = "large" if placed.size == "small" else "small"
        yield "size", [f"{placed.size} {name}", f"{other} {name}"]


def probe_photos(detector: Detector, paths: Iterable[Path]) -> dict[str, float]:
    """Share of random names with a box at the default threshold, a photograph."""
    names = load_words().names("en")
    shares: dict[str, float] = {}
    for path in paths:
        image = SourceImage.from_bytes(path.read_bytes())
        rng = np.random.default_rng(DEFAULT_SEED)
        asked = rng.choice(names, NAMES_A_PHOTO, replace=False)
        fired = 0
        for group in asked.reshape(-1, PHRASES_A_PROMPT):
            prompt = Prompt.parse(" . ".join(group), detector.vocabulary)
            (found,) = detector.detect_batch([detector.prepare(image, prompt)])
            shown = found.above(detector.card.default_threshold)
            fired += len(set(shown.phrase_index.tolist()))
        shares[path.name] = fired / NAMES_A_PHOTO
    return shares


def main() -> None:
    """Read the command line, probe, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path, nargs="*")
    parser.add_argument("--scenes", type=int, default=100)
    given = parser.parse_args()
    detector = build_detector(DEFAULT_MODEL)
    figures = {
        "scenes": probe_scenes(detector, given.scenes),
        "photos": probe_photos(detector, given.photos),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
