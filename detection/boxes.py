"""Arithmetic on boxes: xyxy is x1, y1, x2, y2 in float pixels, half-open. Pure numpy."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IndexArray = NDArray[np.int64]


def clip_to(xyxy: FloatArray, size_wh: tuple[int, int]) -> FloatArray:
    """Cut (N, 4) boxes at the borders of a picture of `size_wh` pixels; a new array comes back."""
    return np.clip(xyxy, 0, np.array(size_wh * 2, np.float32)).astype(np.float32)


def areas(xyxy: FloatArray) -> FloatArray:
    """Areas (N,) of (N, 4) boxes in square pixels; an inside-out box has none."""
    sides = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def iou_matrix(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over union, (N, M) in 0…1, of (N, 4) and (M, 4) boxes; 0 of empty ones."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.maximum(bottom_right - top_left, 0)
    shared = sides[..., 0] * sides[..., 1]
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    return np.asarray(np.where(union > 0, shared / np.where(union > 0, union, 1), 0), np.float32)


def nms(xyxy: FloatArray, scores: FloatArray, iou: float) -> IndexArray:
    """Keep the best box of every heap of boxes that overlap by more than `iou`.

    Takes (N, 4) boxes and (N,) scores; returns the kept rows, best score first. Equal scores keep
    their order.
    """
    waiting = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        overlap = iou_matrix(xyxy[best : best + 1], xyxy[waiting])[0]
        waiting = waiting[overlap <= iou]
    return np.array(kept, np.int64)
