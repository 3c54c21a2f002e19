"""Pictures of any size to the network's square input, and boxes back; pure numpy and OpenCV."""

import cv2
import numpy as np
from numpy.typing import NDArray

GREY = 118  # what fills the right or lower rest; training shows the same


def letterbox(pixels: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], float]:
    """Scale uint8 RGB (H, W, 3) so that its long side is ``side``, from the top left corner.

    Returns the square (side, side, 3) and the scale: input pixels a source pixel.
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    new_w, new_h = max(1, round(width * scale)), max(1, round(height * scale))
    square = np.full((side, side, 3), GREY, np.uint8)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square[:new_h, :new_w] = cv2.resize(pixels, (new_w, new_h), interpolation=method)
    return square, scale
