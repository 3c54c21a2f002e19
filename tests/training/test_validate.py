"""Validation reads a batch's truth as the product would read its answers."""

import torch

from models.nano.network import Predictions, list_centres
from tests.models.nano.builders import build_tiny_network
from tests.training.test_objective import SIDE, make_batch
from training.validate import place_boxes, score, validate


def test_distances_become_boxes_around_the_centres() -> None:
    ltrb = torch.ones(1, len(list_centres(SIDE)), 4)
    boxes = place_boxes(Predictions(ltrb, ltrb, ltrb[..., 0]), SIDE)
    assert boxes[0, 0].tolist() == [3.0, 3.0, 5.0, 5.0]


def test_the_score_is_the_geometric_mean_of_alignment_and_quality() -> None:
    predictions = Predictions(torch.zeros(1, 1, 2), torch.zeros(1, 1, 4), torch.full((1, 1), 100.0))
    torch.testing.assert_close(score(predictions), torch.full((1, 1, 2), 0.5**0.5))


def test_validate_leaves_the_network_in_training() -> None:
    network = build_tiny_network().train()
    figures = validate(network, [make_batch()])
    assert network.training
    assert 0 <= figures["ap75"] <= figures["ap50"] <= 1
