"""The preview frames what is true."""

import numpy as np

from detection.image import SourceImage
from training.annotations import Labelled, Question
from training.preview import FRAME_COLOUR, draw_tile


def test_a_tile_is_square_and_frames_the_true_boxes() -> None:
    image = SourceImage.from_pixels(np.zeros((20, 40, 3), np.uint8))
    label = Labelled(0, 3, "noun", np.array([[10, 4, 30, 16]], np.float32))
    tile = draw_tile(Question(image, "dog", (label,)), side=80)
    assert tile.shape == (80, 80, 3)
    assert tuple(tile[8, 40]) == FRAME_COLOUR
    assert tuple(tile[20, 40]) == (0, 0, 0)
