"""Muon's directions, and who is updated by whom."""

import pytest
import torch

from tests.models.nano.builders import build_tiny_network
from training.muon import Muon, build_optimisers, orthogonalise


@pytest.mark.parametrize("shape", [(8, 8), (4, 30), (30, 4)])
def test_orthogonalise_brings_singular_values_near_one(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(shape)))
    assert values.min() > 0.3
    assert values.max() < 1.4


def test_muon_walks_downhill() -> None:
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(6, 4))
    target = torch.randn(6, 4)
    muon = Muon([weight], lr=0.1, decay=0.0)
    losses = []
    for _ in range(100):
        loss = (weight - target).square().mean()
        losses.append(loss.item())
        weight.grad = None
        torch.autograd.backward(loss)
        muon.step()
    assert losses[-1] < 0.1 * losses[0]


def test_every_parameter_has_exactly_one_optimiser() -> None:
    network = build_tiny_network()
    groups = [group for opt in build_optimisers(network, 1e-3) for group in opt.param_groups]
    owned = [id(param) for group in groups for param in group["params"]]
    assert sorted(owned) == sorted(id(param) for param in network.parameters())
