"""Reference mode: the published post-processing to the letter, so that figures can be compared.

Labels are 1-based class numbers and boxes inclusive pixels, as in the reference. The platform's
own read-out is `models/readout.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detection.boxes import nms
from models.glip.anchors import anchors_of, decode
from models.glip.config import GLIPConfig
from models.glip.head import LevelOutput

Aggregate = Literal["mean", "max", "power"]

AGGREGATES: Final[Mapping[Aggregate, Callable[[Tensor], Tensor]]] = {
    "mean": lambda scores: scores.mean(-1),
    "max": lambda scores: scores.amax(-1),
    "power": lambda scores: scores.prod(-1) ** (1 / scores.shape[-1]),
}


@dataclass(frozen=True, kw_only=True)
class ReferenceRules:
    """The published settings of the evaluation."""

    score_threshold: float = 0.05  # of a class's score, before centerness; strict
    per_level: int = 1000  # candidates kept a level
    nms_iou: float = 0.6  # boxes of one class overlapping more are suppressed
    max_detections: int = 100  # a picture; ties at the last place all stay
    aggregate: Aggregate = "mean"  # how the scores of a class's tokens become one


@dataclass(frozen=True)
class ReferenceDetections:
    """What the reference would answer for one picture, best score first."""

    boxes: NDArray[np.float32]  # (N, 4) inclusive pixels of the resized picture
    scores: NDArray[np.float32]  # (N,)
    labels: NDArray[np.int64]  # (N,) keys of the positive map


@dataclass(frozen=True, kw_only=True)
class _Level:
    """One level of one picture, cell by cell."""

    token_scores: Tensor  # (H · W, T) in 0…1
    centerness: Tensor  # (H · W,) in 0…1
    deltas: Tensor  # (H · W, 4)
    anchors: Tensor  # (H · W, 4)


@dataclass(frozen=True)
class _Candidates:
    """Boxes before suppression: (N, 4), (N,), (N,)."""

    boxes: Tensor
    scores: Tensor
    labels: Tensor


def detect_reference(
    outputs: Sequence[LevelOutput],
    positive_map: Mapping[int, Sequence[int]],
    shapes_hw: Sequence[tuple[int, int]],
    *,
    config: GLIPConfig,
    rules: ReferenceRules = ReferenceRules(),
) -> list[ReferenceDetections]:
    """Turn one output a level into detections, a picture of the batch at a time.

    `positive_map` gives the token positions of each label; one without tokens finds nothing.
    `shapes_hw` are the resized pictures' (height, width), without padding.
    """
    labels = {label: list(tokens) for label, tokens in positive_map.items() if tokens}
    anchors = anchors_of(outputs, config)
    detections = []
    for image, shape_hw in enumerate(shapes_hw):
        levels = [
            _find_candidates(_read_level(*level, image), labels, shape_hw=shape_hw, rules=rules)
            for level in zip(outputs, anchors, strict=True)
        ]
        detections.append(_suppress(levels, rules))
    return detections


def _read_level(output: LevelOutput, anchors: Tensor, image: int) -> _Level:
    return _Level(
        token_scores=output.token_logits[image].float().sigmoid(),
        centerness=output.centerness[image].float().flatten().sigmoid(),
        deltas=output.box_deltas[image].float().flatten(1).T,
        anchors=anchors,
    )


def _find_candidates(
    level: _Level,
    labels: Mapping[int, list[int]],
    *,
    shape_hw: tuple[int, int],
    rules: ReferenceRules,
) -> _Candidates:
    """The best cells of one level, decoded and clipped to the unpadded picture."""
    aggregate = AGGREGATES[rules.aggregate]
    columns = [aggregate(level.token_scores[:, tokens]) for tokens in labels.values()]
    classes = torch.stack(columns, dim=1) if columns else level.token_scores[:, :0]
    cells, numbers = (classes > rules.score_threshold).nonzero(as_tuple=True)
    values = classes[cells, numbers] * level.centerness[cells]
    values, best = values.topk(min(rules.per_level, len(values)), sorted=False)
    cells, numbers = cells[best], numbers[best]
    height, width = shape_hw
    most = values.new_tensor((width - 1, height - 1, width - 1, height - 1))
    boxes = decode(level.deltas[cells], level.anchors[cells])
    boxes = boxes.clamp(min=torch.zeros_like(most), max=most)
    names = torch.tensor(list(labels), dtype=torch.int64, device=numbers.device)
    return _Candidates(boxes, values.sqrt(), names[numbers])


def _suppress(levels: Sequence[_Candidates], rules: ReferenceRules) -> ReferenceDetections:
    """Suppress within each class over all levels, and keep the best."""
    boxes, scores, labels = (
        torch.cat([getattr(level, name) for level in levels]).cpu().numpy()
        for name in ("boxes", "scores", "labels")
    )
    # Half-open corners give the reference's inclusive IoU.
    half_open = boxes + np.array([0, 0, 1, 1], np.float32)
    kept = [np.zeros(0, np.int64)]
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        kept.append(of_class[nms(half_open[of_class], scores[of_class], rules.nms_iou)])
    rows = np.concatenate(kept)
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    if len(rows) > rules.max_detections:
        rows = rows[scores[rows] >= scores[rows[rules.max_detections - 1]]]
    return ReferenceDetections(boxes[rows], scores[rows], labels[rows])
