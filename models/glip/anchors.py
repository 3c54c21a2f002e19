"""One square anchor a cell, and boxes relative to it. Pixels are counted inclusively here."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from models.glip.config import GLIPConfig
from models.glip.head import LevelOutput

DELTA_WEIGHTS = (10.0, 10.0, 5.0, 5.0)  # deltas are learnt this much larger
MAX_LOG_SIZE = math.log(1000 / 16)  # a box is never more than this much larger than its anchor


def build_anchors(
    shape_hw: tuple[int, int], *, stride: int, size: int, device: torch.device | None = None
) -> Tensor:
    """Anchors of one level: (H · W, 4) float32, inclusive x1, y1, x2, y2 in pixels, row-major."""
    reach = (size - 1) / 2
    rows, columns = (torch.arange(cells, device=device) * stride for cells in shape_hw)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    centres = torch.stack((x, y), dim=-1).view(-1, 2) + (stride - 1) / 2
    return torch.cat((centres - reach, centres + reach), dim=1)


def anchors_of(outputs: Sequence[LevelOutput], config: GLIPConfig) -> list[Tensor]:
    """Anchors (H · W, 4) of each level, for the whole padded plane."""
    return [
        build_anchors(
            (output.centerness.shape[2], output.centerness.shape[3]),
            stride=stride,
            size=size,
            device=output.centerness.device,
        )
        for output, stride, size in zip(outputs, config.strides, config.anchor_sizes, strict=True)
    ]


def decode(deltas: Tensor, anchors: Tensor) -> Tensor:
    """Turn (…, 4) deltas and their anchors into boxes, (…, 4) inclusive pixels, unclipped."""
    corner, opposite = anchors.chunk(2, dim=-1)
    size = opposite - corner + 1
    weighed = deltas / deltas.new_tensor(DELTA_WEIGHTS)
    centre = weighed[..., :2] * size + (corner + opposite) / 2
    half = (weighed[..., 2:].clamp(max=MAX_LOG_SIZE).exp() * size - 1) / 2
    return torch.cat((centre - half, centre + half), dim=-1)
