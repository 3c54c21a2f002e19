"""From upright RGB pixels to what the network was trained on: resized, BGR, normalised, padded."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

MEAN_BGR = (103.530, 116.280, 123.675)
STD_BGR = (57.375, 57.120, 58.395)


def choose_shape(size_wh: tuple[int, int], *, min_side: int, max_side: int) -> tuple[int, int]:
    """Choose the resized (height, width) of a picture of `size_wh`, as the evaluation does.

    Its shorter side becomes `min_side` pixels, unless its longer side would exceed `max_side`.
    """
    width, height = size_wh
    low, high = min(size_wh), max(size_wh)
    if high / low * min_side > max_side:
        min_side = round(max_side * low / high)
    if low == min_side:
        return height, width
    longer = int(min_side * high / low)
    return (min_side, longer) if height < width else (longer, min_side)


def resize(pixels: NDArray[np.uint8], shape_hw: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize (H, W, 3) pixels to (height, width), bilinear and antialiased as Pillow does it."""
    height, width = shape_hw
    if pixels.shape[:2] == shape_hw:
        return pixels
    picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(picture)


def normalise(pixels: Tensor) -> Tensor:
    """(H, W, 3) uint8 RGB → (3, H, W) float32, channels B, G, R."""
    bgr = pixels.flip(-1).float()
    normalised = (bgr - bgr.new_tensor(MEAN_BGR)) / bgr.new_tensor(STD_BGR)
    return normalised.permute(2, 0, 1)


def choose_padded_shape(shape_hw: tuple[int, int], divisor: int) -> tuple[int, int]:
    """Round (height, width) up to multiples of `divisor`."""
    height, width = shape_hw
    return height + -height % divisor, width + -width % divisor


def stack_padded(images: Sequence[Tensor], divisor: int) -> Tensor:
    """Pad (3, h, w) pictures with zeros, right and below, to one shape: (B, 3, H, W).

    The network sees the padding: the numbers of a picture depend on the shape it is padded to.
    """
    shapes = [choose_padded_shape((image.shape[1], image.shape[2]), divisor) for image in images]
    height, width = (max(sides) for sides in zip(*shapes, strict=True))
    return torch.stack(
        [
            functional.pad(image, (0, width - image.shape[2], 0, height - image.shape[1]))
            for image in images
        ]
    )
