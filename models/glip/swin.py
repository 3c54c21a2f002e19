"""The image backbone: Swin Transformer, as GLIP trained it (windows never shrink)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.glip.config import GLIPConfig

MASKED = -100.0  # added between tokens of different bands; the published value, not minus infinity


def build_position_index(window: int) -> Tensor:
    """Rows of the bias table for every pair of tokens in a window: (window², window²) int64."""
    steps = torch.arange(window)
    places = torch.stack(torch.meshgrid(steps, steps, indexing="ij")).flatten(1)  # (2, window²)
    rows, columns = (places[:, :, None] - places[:, None, :] + window - 1).unbind()
    return rows * (2 * window - 1) + columns


def build_shift_mask(shape_hw: tuple[int, int], window: int, shift: int) -> Tensor:
    """Keep tokens apart that only rolling brought into one window.

    `shape_hw` is the padded map's, in tokens. Float (windows, 1, window², window²), 0 or MASKED.
    """
    height, width = shape_hw
    rows, columns = _bands(height, window, shift), _bands(width, window, shift)
    bands = (rows[:, None] * 3 + columns[None, :]).reshape(1, height, width, 1)
    of_window = split_windows(bands, window).squeeze(-1)  # (windows, window²)
    differs = of_window[:, None, :] != of_window[:, :, None]
    return differs.float()[:, None] * MASKED


def _bands(length: int, window: int, shift: int) -> Tensor:
    steps = torch.arange(length)
    return (steps >= length - window).long() + (steps >= length - shift).long()


def split_windows(tokens: Tensor, window: int) -> Tensor:
    """(B, H, W, C) → (B · windows, window², C); H and W are multiples of `window`."""
    batch, height, width, channels = tokens.shape
    grid = tokens.view(batch, height // window, window, width // window, window, channels)
    return grid.transpose(2, 3).reshape(-1, window * window, channels)


def join_windows(windows: Tensor, window: int, shape_hw: tuple[int, int]) -> Tensor:
    """(B · windows, window², C) → (B, H, W, C), the way back from `split_windows`."""
    height, width = shape_hw
    channels = windows.shape[-1]
    grid = windows.view(-1, height // window, width // window, window, window, channels)
    return grid.transpose(2, 3).reshape(-1, height, width, channels)


class WindowAttention(nn.Module):
    """Self-attention inside each window, with a learnt bias for each relative position."""

    def __init__(self, dim: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.window = window
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.relative_position_bias_table = nn.Parameter(
            torch.zeros((2 * window - 1) ** 2, heads),
        )

    def forward(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        """(B · windows, N, C) → the same; `mask` (windows, 1, N, N) is added to the logits."""
        count, length, channels = tokens.shape
        heads = (count, length, 3, self.heads, channels // self.heads)
        query, key, value = self.qkv(tokens).view(heads).permute(2, 0, 3, 1, 4)
        logits = (query * query.shape[-1] ** -0.5) @ key.transpose(-2, -1) + self._bias()
        if mask is not None:
            by_image = logits.view(-1, mask.shape[0], *logits.shape[1:])
            logits = (by_image + mask).view_as(logits)
        mixed = logits.softmax(-1) @ value
        projected: Tensor = self.proj(mixed.transpose(1, 2).reshape(tokens.shape))
        return projected

    def _bias(self) -> Tensor:
        """(heads, N, N)."""
        table = self.relative_position_bias_table
        index = build_position_index(self.window).to(table.device)
        return table[index].permute(2, 0, 1)


class MLP(nn.Module):
    """Two linear layers with a GELU between them, over the last axis."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        widened: Tensor = self.fc2(functional.gelu(self.fc1(tokens)))
        return widened


class SwinBlock(nn.Module):
    """Attention in windows, shifted in every second block, then an MLP."""

    def __init__(self, dim: int, heads: int, *, window: int, shift: int, mlp_ratio: int) -> None:
        super().__init__()
        self.window = window
        self.shift = shift
        self.norm1 = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, heads, window)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = MLP(dim, mlp_ratio * dim)

    def forward(self, tokens: Tensor, shift_mask: Tensor) -> Tensor:
        """(B, H, W, C) → the same; `shift_mask` is read by a shifted block only."""
        tokens = tokens + self._attend(self.norm1(tokens), shift_mask)
        widened: Tensor = self.mlp(self.norm2(tokens))
        return tokens + widened

    def _attend(self, tokens: Tensor, shift_mask: Tensor) -> Tensor:
        _, height, width, _ = tokens.shape
        # Padding comes after the norm and is attended to: so the weights were trained.
        padded = functional.pad(tokens, (0, 0, 0, -width % self.window, 0, -height % self.window))
        shape_hw = (padded.shape[1], padded.shape[2])
        if self.shift:
            padded = padded.roll((-self.shift, -self.shift), (1, 2))
        mask = shift_mask if self.shift else None
        windows = self.attn(split_windows(padded, self.window), mask)
        joined = join_windows(windows, self.window, shape_hw)
        if self.shift:
            joined = joined.roll((self.shift, self.shift), (1, 2))
        return joined[:, :height, :width]


class PatchMerging(nn.Module):
    """Halve a map each way: four neighbours become one token of twice the channels."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * dim)
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, H, W, C) → (B, ⌈H/2⌉, ⌈W/2⌉, 2C)."""
        padded = functional.pad(tokens, (0, 0, 0, tokens.shape[2] % 2, 0, tokens.shape[1] % 2))
        # Down before right: the order of (row, column) the weights were trained with.
        phases = [padded[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        merged: Tensor = self.reduction(self.norm(torch.cat(phases, dim=-1)))
        return merged


class SwinStage(nn.Module):
    """The blocks of one resolution, and the merging that leads to the next."""

    def __init__(self, config: GLIPConfig, stage: int) -> None:
        super().__init__()
        dim = config.swin_dim * 2**stage
        self.window = config.swin_window
        self.blocks = nn.ModuleList(
            SwinBlock(
                dim,
                config.swin_heads[stage],
                window=self.window,
                shift=self.window // 2 if block % 2 else 0,
                mlp_ratio=config.swin_mlp_ratio,
            )
            for block in range(config.swin_depths[stage])
        )
        is_last = stage == len(config.swin_depths) - 1
        self.downsample = nn.Identity() if is_last else PatchMerging(dim)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """(B, H, W, C) → the same, and what the next stage starts from, (B, ⌈H/2⌉, ⌈W/2⌉, 2C)."""
        _, height, width, _ = tokens.shape
        padded_hw = (height + -height % self.window, width + -width % self.window)
        shift_mask = build_shift_mask(padded_hw, self.window, self.window // 2).to(tokens)
        for block in self.blocks:
            tokens = block(tokens, shift_mask)
        return tokens, self.downsample(tokens)


class PatchEmbedding(nn.Module):
    """Cut the picture into patches and make each a token."""

    def __init__(self, patch_size: int, dim: int) -> None:
        super().__init__()
        self.patch_size = patch_size
        self.proj = nn.Conv2d(3, dim, patch_size, patch_size)
        self.norm = nn.LayerNorm(dim)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) → (B, ⌈H/patch⌉, ⌈W/patch⌉, dim)."""
        right, bottom = (-images.shape[3] % self.patch_size, -images.shape[2] % self.patch_size)
        patches = self.proj(functional.pad(images, (0, right, 0, bottom)))
        embedded: Tensor = self.norm(patches.permute(0, 2, 3, 1))
        return embedded


class Swin(nn.Module):
    """Picture → four maps, each half the size of the one before."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        stages = range(len(config.swin_depths))
        self.patch_embed = PatchEmbedding(config.patch_size, config.swin_dim)
        self.layers = nn.ModuleList(SwinStage(config, stage) for stage in stages)
        for stage in stages[1:]:  # C2 leaves without a norm
            self.add_module(f"norm{stage}", nn.LayerNorm(config.swin_dim * 2**stage))

    def forward(self, images: Tensor) -> list[Tensor]:
        """(B, 3, H, W) normalised BGR → [C2, C3, C4, C5], each (B, C, H/stride, W/stride)."""
        following = self.patch_embed(images)
        maps = []
        for number, stage in enumerate(self.layers):
            tokens, following = stage(following)
            # The norm is for the pyramid alone: the next stage starts from the un-normed tokens.
            normed = self.get_submodule(f"norm{number}")(tokens) if number else tokens
            maps.append(normed.permute(0, 3, 1, 2))
        return maps
