"""From alignment to detections: what every grounded network shares behind its last layer.

Regions do not choose between phrases: each phrase takes the regions that answer it, and
non-maximum suppression within the phrase leaves one box a thing. Torch in, numpy out; knows
nothing about how a network came to its numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detection.boxes import clip_to, iou_matrix, nms
from detection.result import Detections


@dataclass(frozen=True, kw_only=True)
class ReadoutLimits:
    """What becomes a detection."""

    score_floor: float = 0.05
    nms_iou: float = 0.55
    average_iou: float | None = None  # suppressed boxes overlapping more help to place the kept one
    candidates_a_phrase: int = 300  # best regions that enter suppression
    boxes_a_phrase: int = 100


def pool_tokens(token_scores: Tensor, positive_map: Tensor) -> Tensor:
    """Mean score of each phrase's tokens: (R, T) and bool or 0/1 (P, T) → (R, P).

    A phrase without tokens scores 0 everywhere.
    """
    weight = positive_map.to(token_scores.dtype)
    return token_scores @ weight.T / weight.sum(1).clamp(min=1)


def merge_chunks(chunks: Sequence[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Join passes over parts of one prompt: boxes (R, 4) and scores (R, P of the part) each.

    Gives boxes (parts · R, 4) and scores (parts · R, P); a pass says 0 about the others' phrases.
    """
    boxes = torch.cat([xyxy for xyxy, _ in chunks])
    scores = boxes.new_zeros(len(boxes), sum(part.shape[1] for _, part in chunks))
    row = column = 0
    for _, part in chunks:
        scores[row : row + part.shape[0], column : column + part.shape[1]] = part
        row, column = row + part.shape[0], column + part.shape[1]
    return boxes, scores


def read_out(
    xyxy: Tensor, scores: Tensor, size_wh: tuple[int, int], limits: ReadoutLimits
) -> Detections:
    """Boxes (R, 4) in pixels of the source image and scores (R, P) in 0…1 → Detections."""
    boxes = clip_to(_as_array(xyxy), size_wh)
    evidence = np.clip(_as_array(scores), 0, 1)
    phrase_count = evidence.shape[1]
    picked = [pick(boxes, evidence[:, phrase], limits) for phrase in range(phrase_count)]
    placed = [
        _average(boxes, evidence[:, phrase], kept, limits) for phrase, kept in enumerate(picked)
    ]
    rows = np.concatenate(picked) if picked else np.zeros(0, np.int64)
    phrase_index = np.repeat(np.arange(phrase_count), [len(kept) for kept in picked])
    return Detections.ranked(
        xyxy=clip_to(np.concatenate(placed), size_wh) if placed else boxes[rows],
        scores=evidence[rows, phrase_index],
        phrase_index=phrase_index,
        phrase_scores=evidence[rows],
        phrase_count=phrase_count,
    )


def read_out_passes(
    passes: Sequence[tuple[Tensor, Tensor]],
    phrase_count: int,
    size_wh: tuple[int, int],
    limits: ReadoutLimits,
) -> Detections:
    """Join passes over one caption, boxes (R, 4) and scores (R, P) each, and read them out.

    Within a phrase, suppression spans them all. Without any there was nothing to ask.
    """
    if not passes:
        return Detections.empty(phrase_count)
    boxes, scores = (torch.cat(parts) for parts in zip(*passes, strict=True))
    return read_out(boxes, scores, size_wh, limits)


def pick(
    xyxy: NDArray[np.float32], scores: NDArray[np.float32], limits: ReadoutLimits
) -> NDArray[np.int64]:
    """Rows that answer one phrase, best first, from boxes (R, 4) and scores (R,)."""
    candidates = np.flatnonzero(scores >= limits.score_floor)
    order = np.argsort(-scores[candidates], kind="stable")[: limits.candidates_a_phrase]
    candidates = candidates[order]
    kept = nms(xyxy[candidates], scores[candidates], limits.nms_iou)
    return candidates[kept[: limits.boxes_a_phrase]]


def _average(
    xyxy: NDArray[np.float32],
    scores: NDArray[np.float32],
    kept: NDArray[np.int64],
    limits: ReadoutLimits,
) -> NDArray[np.float32]:
    """The kept boxes (K, 4), each moved to the mean of its like by score and overlap."""
    if limits.average_iou is None or not len(kept):
        return xyxy[kept]
    rows = np.flatnonzero(scores >= limits.score_floor)
    overlap = iou_matrix(xyxy[kept], xyxy[rows])
    weight = np.where(overlap > limits.average_iou, overlap * scores[rows] ** 2, 0)
    total = weight.sum(1, keepdims=True)
    mean = weight @ xyxy[rows] / np.maximum(total, 1e-9)
    return np.where(total > 0, mean, xyxy[kept]).astype(np.float32)  # a box without an inside


def _as_array(tensor: Tensor) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().to("cpu", torch.float32).numpy())
