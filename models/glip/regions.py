"""From the network's cells to regions in the source picture, each with a score for every phrase."""

from collections.abc import Sequence

import torch
from torch import Tensor

from models.glip.anchors import anchors_of, decode
from models.glip.config import GLIPConfig
from models.glip.head import LevelOutput
from models.readout import pool_tokens


def read_boxes(
    outputs: Sequence[LevelOutput],
    config: GLIPConfig,
    *,
    shape_hw: tuple[int, int],
    size_wh: tuple[int, int],
) -> Tensor:
    """Boxes (R, 4) in pixels of the source, half-open, of one picture's cells, level after level.

    `shape_hw` is the resized picture's, without padding; `size_wh` the source's.
    """
    deltas = torch.cat([output.box_deltas[0].flatten(1).T for output in outputs]).float()
    boxes = decode(deltas, torch.cat(anchors_of(outputs, config)))
    # The network counts its last pixel in: half-open boxes end one later.
    boxes = boxes + boxes.new_tensor((0, 0, 1, 1))
    across, down = size_wh[0] / shape_hw[1], size_wh[1] / shape_hw[0]
    return boxes * boxes.new_tensor((across, down, across, down))


def score_phrases(outputs: Sequence[LevelOutput], positive_map: Tensor) -> Tensor:
    """Scores (R, P) in 0…1: the root of (mean of the phrase's tokens × centerness), as published.

    `positive_map` is bool (P, T); a phrase without tokens scores 0.
    """
    tokens = torch.cat([output.token_logits[0] for output in outputs]).float().sigmoid()
    centerness = torch.cat([output.centerness[0].flatten() for output in outputs]).float()
    phrases = pool_tokens(tokens, positive_map)
    return (phrases * centerness.sigmoid()[:, None]).sqrt()
