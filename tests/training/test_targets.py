"""Which regions answer for which box."""

import numpy as np
import pytest

from training.targets import assign

REGIONS = 16 * 16 + 8 * 8 + 4 * 4  # at 128 pixels


@pytest.mark.parametrize(
    ("box", "regions"),
    [
        pytest.param([48, 48, 80, 80], range(256), id="the finest level for 32 pixels"),
        pytest.param([0, 0, 128, 128], range(320, 336), id="the coarsest for 128"),
    ],
)
def test_a_box_is_answered_at_its_scale(box: list[int], regions: range) -> None:
    rows = np.flatnonzero(assign(np.array([box], np.float32), 128) == 0)
    assert len(rows) > 0
    assert set(rows.tolist()) <= set(regions)


def test_even_the_smallest_box_gets_a_region() -> None:
    boxes = np.array([[3, 3, 9, 9], [100, 60, 107, 64]], np.float32)
    assert set(assign(boxes, 128).tolist()) == {-1, 0, 1}


def test_without_boxes_nothing_is_answered() -> None:
    assigned = assign(np.zeros((0, 4), np.float32), 128)
    assert assigned.shape == (REGIONS,)
    assert (assigned == -1).all()
