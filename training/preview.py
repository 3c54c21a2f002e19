"""Shows what training sees: ``python -m training.preview out.png`` draws twelve fresh scenes.

Every true box is framed; the prompts are printed in the order of the scenes, row by row.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.nano.letterbox import letterbox
from training.annotations import FreshScenes, Question

COLUMNS, ROWS, TILE = 4, 3, 320
FRAME_COLOUR = (220, 0, 0)


def draw_tile(question: Question, side: int = TILE) -> NDArray[np.uint8]:
    """One letterboxed scene with its true boxes framed, uint8 RGB (side, side, 3)."""
    tile, scale = letterbox(question.image.pixels, side)
    for label in question.phrases:
        for x1, y1, x2, y2 in np.round(label.boxes * scale).astype(int).tolist():
            cv2.rectangle(tile, (x1, y1), (x2, y2), FRAME_COLOUR, 1)
    return tile


def main() -> None:
    """Read the command line, draw, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="picture to write")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    questions = list(FreshScenes().draw(given.seed, COLUMNS * ROWS))
    tiles = np.stack([draw_tile(question) for question in questions])
    sheet = tiles.reshape(ROWS, COLUMNS, TILE, TILE, 3).swapaxes(1, 2)
    Image.fromarray(sheet.reshape(ROWS * TILE, COLUMNS * TILE, 3)).save(given.out)
    for question in questions:
        print(question.prompt)


if __name__ == "__main__":
    main()
