"""The fusion: image and text look at each other, with one matrix of logits for both ways.

The published products are re-associated. With `v W_q (l W_k)ᵀ = v (W_q (l W_k)ᵀ)` and the like, the
long image side (S cells) is never projected to the attention's 2048 channels: exact in real
numbers, and many times less work for a short caption.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.glip.config import GLIPConfig
from models.glip.language import clamp


class CrossAttention(nn.Module):
    """Multi-head attention both ways; l is the language side, v the visual side."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        width, visual, text = config.fusion_dim, config.channels, config.text_dim
        self.heads = config.fusion_heads
        self.v_proj = nn.Linear(visual, width)
        self.l_proj = nn.Linear(text, width)
        self.values_v_proj = nn.Linear(visual, width)
        self.values_l_proj = nn.Linear(text, width)
        self.out_v_proj = nn.Linear(width, visual)
        self.out_l_proj = nn.Linear(width, text)

    def forward(self, cells: Tensor, text: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """What each side learns from the other.

        `cells` (B, S, C), `text` (B, T, D), `mask` (B, T) bool → (B, S, C), (B, T, D).
        """
        logits = self._logits(cells, text)  # (B, S, heads, T)
        to_text = logits.masked_fill(~mask[:, None, None, :], -torch.inf).softmax(-1)
        # The published text side masks neither padded tokens nor padded cells.
        to_cells = logits.softmax(1)
        return self._learn_visual(to_text, text), self._learn_text(to_cells, cells)

    def _logits(self, cells: Tensor, text: Tensor) -> Tensor:
        keys = self._split(self.l_proj(text)) * (self.v_proj.out_features // self.heads) ** -0.5
        weight = self.v_proj.weight.view(self.heads, -1, cells.shape[2])  # (heads, width, C)
        bias = self.v_proj.bias.view(self.heads, -1)
        projected = torch.einsum("bthd,hdc->bhtc", keys, weight).flatten(1, 2)
        shift = torch.einsum("bthd,hd->bht", keys, bias).flatten(1)[:, None]
        logits = torch.baddbmm(shift, cells, projected.transpose(1, 2))
        return clamp(logits.view(*cells.shape[:2], self.heads, -1))

    def _learn_visual(self, to_text: Tensor, text: Tensor) -> Tensor:
        values = self._split(self.values_l_proj(text))
        weight = self.out_v_proj.weight.view(-1, self.heads, values.shape[-1])  # (C, heads, width)
        projected = torch.einsum("bthd,chd->bhtc", values, weight).flatten(1, 2)
        return torch.baddbmm(self.out_v_proj.bias, to_text.flatten(2), projected)

    def _learn_text(self, to_cells: Tensor, cells: Tensor) -> Tensor:
        batch, _, channels = cells.shape
        pooled = to_cells.flatten(2).transpose(1, 2) @ cells  # (B, heads · T, C)
        pooled = pooled.view(batch, self.heads, -1, channels)
        weight = self.values_v_proj.weight.view(self.heads, -1, channels)
        # The weights of a row sum to one, so the bias passes through as it is.
        values = torch.einsum("bhtc,hdc->bthd", pooled, weight).flatten(2) + self.values_v_proj.bias
        learnt: Tensor = self.out_l_proj(values)
        return learnt

    def _split(self, text: Tensor) -> Tensor:
        """(B, T, heads · width) → (B, T, heads, width)."""
        return text.view(*text.shape[:2], self.heads, -1)


class FusionBlock(nn.Module):
    """Norms, cross attention and gated residuals, on flattened levels."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.layer_norm_v = nn.LayerNorm(config.channels)
        self.layer_norm_l = nn.LayerNorm(config.text_dim)
        self.attn = CrossAttention(config)
        self.gamma_v = nn.Parameter(torch.full((config.channels,), 1 / config.head_layers))
        self.gamma_l = nn.Parameter(torch.full((config.text_dim,), 1 / config.head_layers))

    def forward(self, cells: Tensor, text: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(B, S, C), (B, T, D), (B, T) → (B, S, C), (B, T, D)."""
        cells, text = self.layer_norm_v(cells), self.layer_norm_l(text)
        cells_change, text_change = self.attn(cells, text, mask)
        # The residual starts from the normalised inputs: so the weights were trained.
        return cells + self.gamma_v * cells_change, text + self.gamma_l * text_change


class Fusion(nn.Module):
    """All levels of the pyramid together, and the caption."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.b_attn = FusionBlock(config)

    def forward(
        self, levels: Sequence[Tensor], text: Tensor, mask: Tensor
    ) -> tuple[list[Tensor], Tensor]:
        """Levels (B, C, H, W), text (B, T, D), mask (B, T) bool → levels and text, same shapes."""
        cells = torch.cat([level.permute(0, 2, 3, 1).flatten(1, 2) for level in levels], dim=1)
        cells, text = self.b_attn(cells, text, mask)
        maps, start = [], 0
        for level in levels:
            batch, channels, height, width = level.shape
            part = cells[:, start : start + height * width]
            maps.append(part.reshape(batch, height, width, channels).permute(0, 3, 1, 2))
            start += height * width
        return maps, text
