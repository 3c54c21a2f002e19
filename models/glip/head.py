"""The head: the tower of fusion, text and DyConv layers, then what each cell says."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.glip.config import GLIPConfig
from models.glip.dyconv import DyConv
from models.glip.fusion import Fusion
from models.glip.language import TextLayer, clamp


@dataclass(frozen=True)
class LevelOutput:
    """What the network says about one level of the pyramid, cell by cell, row-major."""

    box_deltas: Tensor  # (B, 4, H, W) relative to the cell's anchor
    centerness: Tensor  # (B, 1, H, W) logits
    token_logits: Tensor  # (B, H · W, T)

    def of_row(self, row: int) -> "LevelOutput":
        """The output for one row of the batch, as a batch of one."""
        rows = slice(row, row + 1)
        return LevelOutput(self.box_deltas[rows], self.centerness[rows], self.token_logits[rows])


class Scale(nn.Module):
    """One learnt factor."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, values: Tensor) -> Tensor:
        return values * self.scale


def build_tower(config: GLIPConfig) -> nn.ModuleList:
    """Build the layers in the published order: (fusion, text, DyConv) × N, or DyConv × N."""
    tower = nn.ModuleList()
    for _ in range(config.head_layers):
        if config.fused:
            tower.append(Fusion(config))
            tower.append(TextLayer(config))
        tower.append(DyConv(config))
    return tower


class Head(nn.Module):
    """Pyramid and text → boxes, centerness and a logit for every token, at every cell."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.fused = config.fused
        self.dyhead_tower = build_tower(config)
        self.bbox_pred = nn.Conv2d(config.channels, 4, 1)
        self.centerness = nn.Conv2d(config.channels, 1, 1)
        self.scales = nn.ModuleList(Scale() for _ in config.strides)
        self.dot_product_projection_text = nn.Linear(config.text_dim, config.channels)
        self.log_scale = nn.Parameter(torch.zeros(1))
        self.bias_lang = nn.Parameter(torch.zeros(config.text_dim))
        self.bias0 = nn.Parameter(torch.zeros(1))

    def forward(self, levels: Sequence[Tensor], text: Tensor, mask: Tensor) -> list[LevelOutput]:
        """One output a level.

        `levels` [P3 … P7] (B, C, H, W), already refined where nothing is fused;
        `text` (B, T, D) of BERT; `mask` (B, T) bool.
        """
        if self.fused:
            return self.predict(*self.fuse(levels, text, mask))
        return self.predict(levels, text * mask[..., None])

    def refine(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """Pass the tower of a network without fusion, where no text is needed."""
        refined = list(levels)
        for layer in self.dyhead_tower:
            refined = layer(refined)
        return refined

    def fuse(
        self, levels: Sequence[Tensor], text: Tensor, mask: Tensor
    ) -> tuple[list[Tensor], Tensor]:
        """Pass the tower of a network with fusion; levels and text come out changed."""
        fused = list(levels)
        for layer in self.dyhead_tower:
            match layer:
                case Fusion():
                    fused, text = layer(fused, text, mask)
                case TextLayer():
                    text = layer(text, mask)
                case _:
                    fused = layer(fused)
        return fused, text

    def predict(self, levels: Sequence[Tensor], text: Tensor) -> list[LevelOutput]:
        """Read boxes, centerness and token logits off the tower's last levels and text."""
        unit = functional.normalize(text, dim=-1, eps=1e-12)
        keys = self.dot_product_projection_text(unit / 2) / self.log_scale.exp()  # (B, T, C)
        shift = (unit @ self.bias_lang + self.bias0)[:, None]  # (B, 1, T)
        outputs = []
        for level, scale in zip(levels, self.scales, strict=True):
            cells = level.permute(0, 2, 3, 1).flatten(1, 2)  # (B, H · W, C)
            logits = clamp(torch.baddbmm(shift, cells, keys.transpose(1, 2)))
            outputs.append(
                LevelOutput(scale(self.bbox_pred(level)), self.centerness(level), logits)
            )
        return outputs
