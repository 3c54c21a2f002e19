import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.boxes import FloatArray, areas, clip_to, iou_matrix, nms


def boxes(*rows: tuple[float, float, float, float]) -> FloatArray:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_clipping_cuts_at_the_picture_and_leaves_the_argument() -> None:
    raw = boxes((-5, -5, 50, 50), (70, 3, 90, 9))
    np.testing.assert_array_equal(clip_to(raw, (40, 30)), boxes((0, 0, 40, 30), (40, 3, 40, 9)))
    assert raw[0, 0] == -5


@pytest.mark.parametrize(
    ("a", "b", "iou"),
    [
        ((0, 0, 2, 2), (0, 0, 2, 2), 1.0),
        ((0, 0, 2, 2), (1, 0, 3, 2), 1 / 3),
        ((0, 0, 2, 2), (2, 0, 4, 2), 0.0),
        ((0, 0, 4, 4), (1, 1, 3, 3), 0.25),
        ((1, 1, 1, 1), (1, 1, 1, 1), 0.0),
        ((3, 3, 1, 1), (0, 0, 4, 4), 0.0),
    ],
    ids=["equal", "half shifted", "side by side", "inside", "both empty", "inside out"],
)
def test_intersection_over_union(
    a: tuple[float, float, float, float], b: tuple[float, float, float, float], iou: float
) -> None:
    assert iou_matrix(boxes(a), boxes(b)) == pytest.approx(iou)
    assert iou_matrix(boxes(b), boxes(a)) == pytest.approx(iou)


def test_the_matrix_has_a_row_for_each_first_and_a_column_for_each_second() -> None:
    assert iou_matrix(boxes((0, 0, 1, 1)), boxes(*[(0, 0, 1, 1)] * 3)).shape == (1, 3)
    assert iou_matrix(boxes(), boxes((0, 0, 1, 1))).shape == (0, 1)
    assert areas(boxes()).shape == (0,)


HEAP = boxes((0, 0, 10, 10), (1, 0, 11, 10), (20, 0, 30, 10), (0, 1, 10, 11))


@pytest.mark.parametrize(
    ("scores", "iou", "kept"),
    [
        ([0.5, 0.9, 0.7, 0.1], 0.5, [1, 2]),
        ([0.9, 0.5, 0.7, 0.1], 0.5, [0, 2]),
        ([0.5, 0.5, 0.5, 0.5], 0.5, [0, 2]),
        ([0.5, 0.9, 0.7, 0.1], 1.0, [1, 2, 0, 3]),
        ([0.5, 0.9, 0.7, 0.1], 0.0, [1, 2]),
    ],
    ids=["best of the heap", "another best", "equal scores keep order", "none", "any overlap"],
)
def test_nms_keeps_the_best_of_each_heap(scores: list[float], iou: float, kept: list[int]) -> None:
    rows = nms(HEAP, np.array(scores, np.float32), iou)
    assert rows.dtype == np.int64
    assert rows.tolist() == kept


def test_nms_of_nothing_is_nothing() -> None:
    assert nms(boxes(), np.zeros(0, np.float32), 0.5).tolist() == []


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 30), st.floats(0, 1))
def test_what_nms_keeps_does_not_overlap_and_covers_the_rest(
    seed: int, count: int, iou: float
) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 50, (count, 2))
    xyxy = np.hstack([corners, corners + rng.uniform(1, 30, (count, 2))]).astype(np.float32)
    scores = rng.uniform(0, 1, count).astype(np.float32)
    kept = nms(xyxy, scores, iou)
    overlaps = iou_matrix(xyxy[kept], xyxy[kept])
    assert (overlaps[~np.eye(len(kept), dtype=bool)] <= np.float32(iou)).all()
    dropped = np.setdiff1d(np.arange(count), kept)
    assert (iou_matrix(xyxy[dropped], xyxy[kept]) > np.float32(iou)).any(axis=1).all()
    assert (np.diff(scores[kept]) <= 0).all()
