"""Average precision over image–phrase queries, absent phrases included.

Answers of all queries are ranked together; a query's boxes are matched greedily, best score first,
and precision is read at 101 recall points, as pycocotools does for one category.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.boxes import iou_matrix

IOU_LEVELS = tuple(np.round(np.arange(0.5, 1.0, 0.05), 2))
_RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Query:
    """One phrase about one image: what is true and what was answered.

    Boxes are float32 (N, 4) and (K, 4) xyxy, scores float32 (K,).
    """

    truth: NDArray[np.float32]
    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]


def measure_ap(queries: Sequence[Query], iou: float) -> float:
    """Average precision at one overlap; 0 when no query has a true box."""
    total = sum(len(query.truth) for query in queries)
    if total == 0:
        return 0.0
    hits = [match(query, iou) for query in queries]
    scores = np.concatenate([query.scores for query in queries])
    order = np.argsort(-scores, kind="stable")
    is_hit = np.concatenate(hits)[order]
    found = np.cumsum(is_hit)
    precision = found / np.arange(1, len(found) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(found / total, _RECALLS - 1e-12, side="left")
    return float(
        np.where(
            at < len(precision), np.append(precision, 0)[np.minimum(at, len(precision))], 0
        ).mean()
    )


def measure_mean_ap(queries: Sequence[Query]) -> float:
    """Mean of the average precision at overlaps 0.50, 0.55 … 0.95."""
    return float(np.mean([measure_ap(queries, iou) for iou in IOU_LEVELS]))


def match(query: Query, iou: float) -> NDArray[np.bool_]:
    """Which answers (K,) hit a true box not yet taken, best score first."""
    is_hit = np.zeros(len(query.scores), np.bool_)
    if len(query.truth) == 0:
        return is_hit
    overlap = iou_matrix(query.xyxy, query.truth)
    for row in np.argsort(-query.scores, kind="stable"):
        best = int(overlap[row].argmax())
        if overlap[row, best] >= iou:
            is_hit[row] = True
            overlap[:, best] = -1
    return is_hit


def count_at(queries: Sequence[Query], threshold: float, iou: float = 0.5) -> tuple[int, int, int]:
    """Hits, answers and true boxes when only scores of at least ``threshold`` are shown."""
    hits = answers = truths = 0
    for query in queries:
        shown = query.scores >= threshold
        hits += int(match(query, iou)[shown].sum())
        answers += int(shown.sum())
        truths += len(query.truth)
    return hits, answers, truths
