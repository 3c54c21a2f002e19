"""The feature pyramid: C3, C4, C5 of the backbone become five levels of equal depth."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional


class TopBlocks(nn.Module):
    """P6 and P7, made from the pyramid's own P5."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.p6 = nn.Conv2d(channels, channels, 3, stride=2, padding=1)
        self.p7 = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, p5: Tensor) -> list[Tensor]:
        """P5 → [P6, P7]; P6 passes a ReLU only on its way into P7."""
        p6 = self.p6(p5)
        return [p6, self.p7(functional.relu(p6))]


class FPN(nn.Module):
    """Top-down pathway with lateral connections; no norms, no activations."""

    def __init__(self, swin_dim: int, channels: int) -> None:
        super().__init__()
        for level in (2, 3, 4):  # the published names count C2 … C5 from 1
            self.add_module(
                f"fpn_inner{level}", nn.Conv2d(swin_dim * 2 ** (level - 1), channels, 1)
            )
            self.add_module(f"fpn_layer{level}", nn.Conv2d(channels, channels, 3, padding=1))
        self.top_blocks = TopBlocks(channels)

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """[C2, C3, C4, C5] → [P3 … P7], each (B, channels, H/stride, W/stride); C2 is not read."""
        levels: list[Tensor] = []
        coarser: Tensor | None = None
        for level in (4, 3, 2):
            merged = self.get_submodule(f"fpn_inner{level}")(maps[level - 1])
            if coarser is not None:
                merged = merged + functional.interpolate(coarser, size=merged.shape[-2:])
            levels.insert(0, self.get_submodule(f"fpn_layer{level}")(merged))
            coarser = merged
        top: list[Tensor] = self.top_blocks(levels[-1])
        return levels + top
