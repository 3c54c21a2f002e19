"""The running mean of the weights, and files that survive a kill."""

from pathlib import Path

import torch

from tests.models.nano.builders import build_tiny_network
from training.checkpoint import Ema, load_checkpoint, save_checkpoint


def test_the_mean_follows_the_weights_and_copies_the_statistics() -> None:
    network = build_tiny_network()
    ema = Ema(network)
    before = ema.network.bias.item()
    with torch.no_grad():
        network.bias.add_(1.0)
        network.image_encoder.stem.norm.running_mean.fill_(3.0)  # type: ignore[union-attr]  # a buffer
    ema.update(network, step=100_000)
    assert 0 < ema.network.bias.item() - before < 0.01
    assert (ema.network.image_encoder.stem.norm.running_mean == 3.0).all()  # type: ignore[union-attr]  # a buffer


def test_a_checkpoint_comes_back_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, {"weight": torch.ones(2), "progress": {"step": 3}})
    state = load_checkpoint(path, "cpu")
    assert state is not None
    assert state["progress"] == {"step": 3}
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_there_may_be_no_checkpoint_yet(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "checkpoint.pt", "cpu") is None
