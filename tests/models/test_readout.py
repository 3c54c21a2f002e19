"""The read-out on hand-made logits."""

import numpy as np
import pytest
import torch

from models.readout import ReadoutLimits, merge_chunks, pool_tokens, read_out

SIZE_WH = (100, 80)
LIMITS = ReadoutLimits(score_floor=0.05, nms_iou=0.5)
FAR_APART = torch.tensor([[0.0, 0, 10, 10], [50, 50, 60, 60]])
NEARLY_EQUAL = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9]])


def test_pool_tokens_takes_the_mean_of_a_phrases_tokens() -> None:
    scores = torch.tensor([[0.2, 0.4, 0.9]])
    positive_map = torch.tensor([[1, 1, 0], [0, 0, 1], [0, 0, 0]])
    assert pool_tokens(scores, positive_map).tolist() == [pytest.approx([0.3, 0.9, 0.0])]


@pytest.mark.parametrize(
    ("boxes", "scores", "phrase_index", "kept_scores"),
    [
        pytest.param(FAR_APART, [[0.9], [0.3]], [0, 0], [0.9, 0.3], id="two things, one phrase"),
        pytest.param(NEARLY_EQUAL, [[0.9], [0.8]], [0], [0.9], id="one thing, one box"),
        pytest.param(
            NEARLY_EQUAL, [[0.9, 0.0], [0.0, 0.8]], [0, 1], [0.9, 0.8], id="phrases do not compete"
        ),
        pytest.param(FAR_APART[:1], [[0.6, 0.7]], [1, 0], [0.7, 0.6], id="one region, two phrases"),
        pytest.param(FAR_APART, [[0.04], [0.03]], [], [], id="all below the floor"),
    ],
)
def test_read_out(
    boxes: torch.Tensor,
    scores: list[list[float]],
    phrase_index: list[int],
    kept_scores: list[float],
) -> None:
    detections = read_out(boxes, torch.tensor(scores), SIZE_WH, LIMITS)
    assert detections.phrase_index.tolist() == phrase_index
    assert detections.scores.tolist() == pytest.approx(kept_scores)


def test_read_out_clips_to_the_image_and_drops_what_lies_outside() -> None:
    boxes = torch.tensor([[-5.0, -5, 20, 20], [150, 10, 180, 20]])
    detections = read_out(boxes, torch.tensor([[0.9], [0.9]]), SIZE_WH, LIMITS)
    assert detections.xyxy.tolist() == [[0, 0, 20, 20]]


def test_read_out_keeps_at_most_the_allowed_boxes_of_a_phrase() -> None:
    boxes = torch.arange(30.0)[:, None] * 3 + torch.tensor([0.0, 0, 2, 2])
    limits = ReadoutLimits(boxes_a_phrase=4)
    detections = read_out(boxes[:25], torch.linspace(0.1, 0.9, 25)[:, None], (100, 100), limits)
    assert len(detections) == 4
    assert detections.scores[0] == np.float32(0.9)


def test_suppressed_boxes_help_to_place_the_kept_one_where_that_is_asked_for() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 4], [50, 50, 60, 60]])
    scores = torch.tensor([[0.9], [0.6], [0.8], [0.7]])
    limits = ReadoutLimits(nms_iou=0.3, average_iou=0.6)
    detections = read_out(boxes, scores, SIZE_WH, limits)
    low, high = 0.81 * 10, 0.36 * 0.8 * 8  # score squared x overlap x lower edge
    assert detections.xyxy[:, 3].tolist() == pytest.approx([(low + high) / (0.81 + 0.288), 60])
    assert detections.scores.tolist() == pytest.approx([0.9, 0.7])


def test_merge_chunks_keeps_boxes_and_phrases_of_each_pass_together() -> None:
    boxes, scores = merge_chunks(
        [(FAR_APART, torch.full((2, 2), 0.5)), (NEARLY_EQUAL, torch.full((2, 1), 0.7))]
    )
    assert boxes.shape == (4, 4)
    assert torch.equal(
        scores.bool(), torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1]]).bool()
    )
