"""What survives a kill: checkpoints written in one move, and the running mean of the weights."""

import copy
from pathlib import Path
from typing import Any

import torch

from models.nano.network import NanoNet

EMA_DECAY = 0.998


class Ema:
    """A copy of the network whose weights follow slowly; statistics are copied as they are."""

    def __init__(self, network: NanoNet) -> None:
        """Start from the network as it is."""
        self.network = copy.deepcopy(network).requires_grad_(requires_grad=False)

    @torch.no_grad()
    def update(self, network: NanoNet, step: int) -> None:
        """Move towards the network; early steps move faster."""
        decay = min(EMA_DECAY, (step + 1) / (step + 20))
        torch._foreach_lerp_(list(self.network.parameters()), list(network.parameters()), 1 - decay)
        for kept, now in zip(self.network.buffers(), network.buffers(), strict=True):
            kept.copy_(now)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write beside, then replace: a kill leaves the older file whole."""
    draft = path.with_suffix(".draft")
    torch.save(state, draft)
    draft.replace(path)


def load_checkpoint(path: Path, device: str) -> dict[str, Any] | None:
    """The saved state, or None when there is none."""
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    return state
