"""What the regions of a batch should say, spread from its things."""

import torch

from tests.models.nano.builders import build_tiny_network
from training.batches import Batch
from training.objective import NAMING_SCALE, build_truth, compute_loss

SIDE, REGIONS = 64, 64 + 16 + 4


def make_batch() -> Batch:
    """One scene, one thing of 32 pixels at the top left, two phrases; the first means it."""
    assigned = torch.full((1, REGIONS), -1)
    assigned[0, 9] = 0  # the cell with its centre at (12, 12)
    return Batch(
        images=torch.zeros(1, SIDE, SIDE, 3, dtype=torch.uint8),
        tokens=torch.tensor([[5, 0], [6, 7]]),
        phrases=torch.tensor([[0, 1, -1]]),
        assigned=assigned,
        boxes=torch.tensor([[[0.0, 0, 32, 32]]]),
        matches=torch.tensor([[[True, False, False]]]),
        owners=torch.tensor([[0, 0]]),
        names=torch.tensor([0, 1]),
        excused=torch.tensor([[True, False]]),
    )


def test_truth_is_spread_over_the_regions() -> None:
    batch = make_batch()
    truth = build_truth(batch, batch.phrases < 0)
    assert truth.is_positive.sum() == 1
    assert truth.is_meant[0, 9].tolist() == [True, False, False]
    assert truth.is_asked.tolist() == [[True, True, False]]
    assert truth.ltrb[0, 9].tolist() == [12.0, 12.0, 20.0, 20.0]


def test_the_loss_reaches_every_part_of_the_network() -> None:
    network = build_tiny_network().train()
    scale = torch.tensor(NAMING_SCALE, requires_grad=True)
    loss, parts = compute_loss(network, make_batch(), scale)
    torch.autograd.backward(loss)
    assert set(parts) == {"align", "box", "quality", "naming"}
    untouched = [name for name, param in network.named_parameters() if param.grad is None]
    assert untouched == []
    assert scale.grad is not None
