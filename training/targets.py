"""Which region answers for which thing: ATSS on the pyramid's cells, from geometry alone."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

ANCHOR_IN_STRIDES = 4.0
CANDIDATES_A_LEVEL = 9
STRIDES = (8, 16, 32)


@cache
def _list_cells(side: int) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[int, ...]]:
    """Centres (R, 2), anchor boxes xyxy (R, 4) and cells a level, for a square input."""
    centres, anchors, counts = [], [], []
    for stride in STRIDES:
        ticks = (np.arange(side // stride, dtype=np.float32) + 0.5) * stride
        cells = np.stack(np.meshgrid(ticks, ticks), -1).reshape(-1, 2)
        half = ANCHOR_IN_STRIDES * stride / 2
        centres.append(cells)
        anchors.append(np.concatenate([cells - half, cells + half], 1))
        counts.append(len(cells))
    return np.concatenate(centres), np.concatenate(anchors), tuple(counts)


def assign(xyxy: NDArray[np.float32], side: int) -> NDArray[np.int64]:
    """For each region the index of the box (N, 4) it answers for, or -1; int64 (R,).

    A box takes its nearest cells of each level whose anchors overlap it more than mean plus
    deviation and whose centres lie inside; a cell wanted by several goes to the best overlap.
    """
    centres, anchors, counts = _list_cells(side)
    if len(xyxy) == 0:
        return np.full(len(centres), -1, np.int64)
    overlap = _iou(xyxy, anchors)
    candidates = _nearest(xyxy, centres, counts)
    rows = np.arange(len(xyxy))[:, None]
    seen = overlap[rows, candidates]
    limit = seen.mean(1, keepdims=True) + seen.std(1, keepdims=True)
    x, y = centres[candidates].transpose(2, 0, 1)
    inside = (x > xyxy[:, 0:1]) & (x < xyxy[:, 2:3]) & (y > xyxy[:, 1:2]) & (y < xyxy[:, 3:4])
    chosen = (seen >= limit) & inside
    best = np.where(inside, seen, -1).argmax(1)
    chosen[np.arange(len(xyxy)), best] = True  # nobody goes without a cell
    wanted = np.full_like(overlap, -1.0)
    wanted[np.broadcast_to(rows, candidates.shape)[chosen], candidates[chosen]] = seen[chosen]
    return np.where(wanted.max(0) >= 0, wanted.argmax(0), -1)


def _nearest(
    xyxy: NDArray[np.float32], centres: NDArray[np.float32], counts: tuple[int, ...]
) -> NDArray[np.int64]:
    """Indices (N, 9 a level) of the cells closest to each box's centre, level by level."""
    middle = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    distance = ((middle[:, None] - centres[None]) ** 2).sum(-1)
    picked, start = [], 0
    for count in counts:
        level = distance[:, start : start + count]
        k = min(CANDIDATES_A_LEVEL, count)
        picked.append(np.argpartition(level, k - 1, axis=1)[:, :k] + start)
        start += count
    return np.concatenate(picked, 1)


def _iou(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(-1), (b[:, 2:] - b[:, :2]).prod(-1)
    return np.asarray(shared / (area_a[:, None] + area_b[None] - shared), np.float32)
