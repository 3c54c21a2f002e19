"""Muon for weight matrices, AdamW for the rest: the pair that halves the scenes training needs.

Muon replaces the momentum of a matrix by its nearest orthogonal one (Keller Jordan's quintic),
scaled so that its size equals AdamW's and one learning rate serves both.
"""

import torch
import torch.distributed as dist
from torch import Tensor, nn

_QUINTIC = (3.4445, -4.7750, 2.0315)
_STEPS = 4
_APART = ("tokens", "positions", "box")  # embeddings and the box layer stay with AdamW


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised; convolutions are flattened to (out, in·k·k).

    With several processes each orthogonalises its share of the matrices and all add up the result.
    """

    def __init__(
        self, params: list[nn.Parameter], *, lr: float, momentum: float = 0.95, decay: float = 0.05
    ) -> None:
        """Take parameters of two dimensions or more."""
        super().__init__(params, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # closures are not used
        """Update every parameter that has a gradient."""
        del closure
        rank, world = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        for group in self.param_groups:
            params = [param for param in group["params"] if param.grad is not None]
            directions = [
                self._direct(param, group["momentum"], is_ours=number % world == rank)
                for number, param in enumerate(params)
            ]
            if world > 1:
                directions = _add_up(directions)
            for param, direction in zip(params, directions, strict=True):
                size = 0.2 * max(param.flatten(1).shape) ** 0.5
                param.mul_(1 - group["lr"] * group["decay"])
                param.add_(direction.view_as(param), alpha=-group["lr"] * size)

    def _direct(self, param: Tensor, momentum: float, *, is_ours: bool) -> Tensor:
        """The orthogonal direction of a parameter as a matrix, or zeros for another process."""
        state, grad = self.state[param], param.grad
        if grad is None:
            raise ValueError("expected a gradient")
        if not state:
            state["momentum"] = torch.zeros_like(param)
        state["momentum"].lerp_(grad, 1 - momentum)
        if not is_ours:
            return torch.zeros(param.numel(), device=param.device)
        ahead = grad.lerp(state["momentum"], momentum)
        return orthogonalise(ahead.flatten(1)).flatten()


def _add_up(flats: list[Tensor]) -> list[Tensor]:
    """Sum over all processes, each tensor flat."""
    joined = torch.cat(flats)
    dist.all_reduce(joined)
    return list(torch.split(joined, [flat.numel() for flat in flats]))


def orthogonalise(matrix: Tensor) -> Tensor:
    """Push all singular values of (rows, columns) towards 1 by Newton–Schulz steps."""
    is_tall = matrix.shape[0] > matrix.shape[1]
    x: Tensor = (matrix.T if is_tall else matrix) / (torch.linalg.vector_norm(matrix) + 1e-7)
    a, b, c = _QUINTIC
    for _ in range(_STEPS):
        gram = torch.mm(x, x.T)
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if is_tall else x


def build_optimisers(network: nn.Module, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for convolution and linear weights, AdamW without decay for everything else."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, param in network.named_parameters():
        is_apart = param.ndim < 2 or any(part in _APART for part in name.split("."))
        is_apart = is_apart or name.endswith(("level", "nothing"))
        (others if is_apart else matrices).append(param)
    adam = torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.99), weight_decay=0.0)
    return [Muon(matrices, lr=lr), adam]
