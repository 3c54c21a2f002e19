"""The rules of the published post-processing, one at a time, on a level of a few cells."""

import numpy as np
import pytest
import torch

from models.glip.config import GLIPConfig
from models.glip.head import LevelOutput
from models.glip.reference import Aggregate, ReferenceRules, detect_reference

ONE_LEVEL = GLIPConfig(strides=(8,), anchor_sizes=(16,))
WIDE = (1000, 1000)


def logit(score: float) -> float:
    return float(torch.logit(torch.tensor(score, dtype=torch.float64)))


def row_of(*cells: list[float], centerness: float = 1.0) -> list[LevelOutput]:
    """Cells side by side, far apart boxes of 16 pixels; each cell gives its tokens' scores."""
    count = len(cells)
    deltas = torch.zeros(1, 4, 1, count)
    deltas[:, 0] = torch.arange(count) * 20.0  # two anchors to the right, each
    return [
        LevelOutput(
            deltas,
            torch.full((1, 1, 1, count), logit(min(centerness, 1 - 1e-7))),
            torch.tensor([[[logit(score) for score in cell] for cell in cells]]),
        )
    ]


def test_the_score_is_the_root_of_class_times_centerness() -> None:
    found = detect_reference(row_of([0.8], centerness=0.5), {7: [0]}, [WIDE], config=ONE_LEVEL)[0]
    assert found.labels.tolist() == [7]
    np.testing.assert_allclose(found.scores, [0.4**0.5], rtol=1e-5)


def test_the_threshold_is_strict_and_comes_before_centerness() -> None:
    rules = ReferenceRules(score_threshold=0.5)
    cells = row_of([0.5], [0.51], centerness=0.01)
    found = detect_reference(cells, {1: [0]}, [WIDE], config=ONE_LEVEL, rules=rules)[0]
    np.testing.assert_allclose(found.scores, [0.0051**0.5], rtol=1e-4)


@pytest.mark.parametrize(
    ("aggregate", "score"), [("mean", 0.5), ("max", 0.9), ("power", 0.3)], ids=str
)
def test_tokens_of_a_label_are_aggregated(aggregate: Aggregate, score: float) -> None:
    rules = ReferenceRules(aggregate=aggregate)
    found = detect_reference(row_of([0.9, 0.1]), {1: [0, 1]}, [WIDE], config=ONE_LEVEL, rules=rules)
    np.testing.assert_allclose(found[0].scores, [score**0.5], rtol=1e-4)


def test_a_label_without_tokens_finds_nothing() -> None:
    found = detect_reference(row_of([0.9]), {1: [], 2: [0]}, [WIDE], config=ONE_LEVEL)[0]
    assert found.labels.tolist() == [2]


def test_without_labels_nothing_is_found() -> None:
    found = detect_reference(row_of([0.9]), {}, [WIDE], config=ONE_LEVEL)[0]
    assert found.boxes.shape == (0, 4)


def test_boxes_are_clipped_to_the_last_pixel_of_the_unpadded_picture() -> None:
    found = detect_reference(row_of([0.9]), {1: [0]}, [(5, 9)], config=ONE_LEVEL)[0]
    assert found.boxes.tolist() == [[0, 0, 8, 4]]


def test_boxes_of_one_label_are_suppressed_and_of_two_are_not() -> None:
    level = row_of([0.9, 0.6], [0.8, 0.7])[0]
    still = LevelOutput(torch.zeros_like(level.box_deltas), level.centerness, level.token_logits)
    rules = ReferenceRules(nms_iou=0.3)  # 8 pixels apart, 16 wide: IoU 1/3
    found = detect_reference([still], {1: [0], 2: [1]}, [WIDE], config=ONE_LEVEL, rules=rules)[0]
    assert found.labels.tolist() == [1, 2]
    np.testing.assert_allclose(found.scores**2, [0.9, 0.7], rtol=1e-4)


def test_only_the_best_of_a_level_are_looked_at() -> None:
    rules = ReferenceRules(per_level=2)
    cells = row_of([0.2], [0.9], [0.5])
    found = detect_reference(cells, {1: [0]}, [WIDE], config=ONE_LEVEL, rules=rules)[0]
    np.testing.assert_allclose(found.scores**2, [0.9, 0.5], rtol=1e-4)


def test_ties_at_the_last_place_all_stay() -> None:
    rules = ReferenceRules(max_detections=2)
    cells = row_of([0.9], [0.5], [0.5], [0.2])
    found = detect_reference(cells, {1: [0]}, [WIDE], config=ONE_LEVEL, rules=rules)[0]
    np.testing.assert_allclose(found.scores**2, [0.9, 0.5, 0.5], rtol=1e-4)
