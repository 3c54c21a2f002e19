"""DyConv, the dynamic head's layer: each level listens to its neighbours, where and how much."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.glip.config import GLIPConfig
from models.glip.deformable import TAPS, convolve, reread

COARSER, SAME, FINER = 0, 1, 2  # the published order of a layer's three convolutions


def pool(level: Tensor) -> Tensor:
    """Average over the plane: (B, C, H, W) → (B, C, 1, 1)."""
    return level.mean((2, 3), keepdim=True)


class DeformableConv(nn.Module):
    """A deformable convolution and its GroupNorm."""

    def __init__(self, config: GLIPConfig, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv = nn.Conv2d(config.channels, config.channels, 3, stride=stride, padding=1)
        self.bn = nn.GroupNorm(config.norm_groups, config.channels)

    def forward(self, level: Tensor, offsets: Tensor, gates: Tensor) -> Tensor:
        """(B, C, H, W), (B, 18, Ho, Wo), (B, 9, Ho, Wo) → (B, C, Ho, Wo)."""
        moved = convolve(
            level,
            offsets,
            gates,
            weight=self.conv.weight,
            bias=self.conv.bias,
            stride=self.stride,
        )
        normed: Tensor = self.bn(moved)
        return normed


class DyReLU(nn.Module):
    """The larger of two lines a channel, whose slopes and heights the picture decides."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // 4), nn.ReLU(), nn.Linear(channels // 4, 4 * channels)
        )

    def forward(self, level: Tensor) -> Tensor:
        """(B, C, H, W) → the same."""
        bent = functional.hardsigmoid(self.fc(pool(level).flatten(1))) - 0.5
        slope, height, other_slope, other_height = bent[:, :, None, None].chunk(4, dim=1)
        return torch.maximum(
            level * (2 * slope + 1) + height, level * (2 * other_slope) + other_height
        )


class DyConv(nn.Module):
    """One layer of the dynamic head; its weights serve all five levels."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.DyConv = nn.ModuleList(DeformableConv(config, stride) for stride in (1, 1, 2))
        self.AttnConv = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(config.channels, 1, 1), nn.ReLU()
        )
        self.offset = nn.Conv2d(config.channels, 3 * TAPS, 3, padding=1)
        self.relu = DyReLU(config.channels)

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """[P3 … P7] → the same shapes; every level reads the layer's inputs."""
        return [self._forward_level(levels, number) for number in range(len(levels))]

    def _forward_level(self, levels: Sequence[Tensor], number: int) -> Tensor:
        level = levels[number]
        moves = self.offset(level)
        offsets, gates = moves[:, : 2 * TAPS], moves[:, 2 * TAPS :].sigmoid()
        branches = [self.DyConv[SAME](level, offsets, gates)]
        if number > 0:
            branches.append(self.DyConv[FINER](levels[number - 1], offsets, gates))
        if number < len(levels) - 1:
            branches.append(self._forward_coarser(levels[number + 1], offsets, gates))
        total = sum((self._weigh(branch) for branch in branches[1:]), self._weigh(branches[0]))
        bent: Tensor = self.relu(total / len(branches))
        return bent

    def _forward_coarser(self, coarser: Tensor, offsets: Tensor, gates: Tensor) -> Tensor:
        """Convolve the coarser neighbour and enlarge the outcome to the level's own plane."""
        shape_hw = (coarser.shape[2], coarser.shape[3])
        moved = self.DyConv[COARSER](
            coarser, reread(offsets, 2 * TAPS, shape_hw), reread(gates, TAPS, shape_hw)
        )
        return functional.interpolate(
            moved, size=offsets.shape[-2:], mode="bilinear", align_corners=True
        )

    def _weigh(self, branch: Tensor) -> Tensor:
        return branch * functional.hardsigmoid(self.AttnConv(branch))
