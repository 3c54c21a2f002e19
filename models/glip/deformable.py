"""Modulated deformable 3×3 convolution in plain PyTorch: one gather for all taps and pictures."""

import torch
from torch import Tensor
from torch.nn import functional

TAPS = 9


def reread(block: Tensor, channels: int, shape_hw: tuple[int, int]) -> Tensor:
    """Read the memory of (B, channels, H, W) as (B, channels, *shape_hw), a smaller plane.

    The published kernel strides offsets by the *output* plane: where that is the smaller one it
    sees another tensor than was meant, and the published weights were trained with that.
    """
    height, width = shape_hw
    flat = block.reshape(block.shape[0], -1)[:, : channels * height * width]
    return flat.view(-1, channels, height, width)


def convolve(
    maps: Tensor,
    offsets: Tensor,
    gates: Tensor,
    *,
    weight: Tensor,
    bias: Tensor | None,
    stride: int,
) -> Tensor:
    """Convolve `maps` (B, C, H, W) at moved places.

    `offsets` (B, 18, Ho, Wo) are cells, (dy, dx) a tap; `gates` (B, 9, Ho, Wo) scale each tap.
    `weight` (O, C, 3, 3), padding 1. → (B, O, Ho, Wo), channels last in memory.
    """
    rows, columns = _places(offsets, stride, (maps.shape[2], maps.shape[3]))
    index, weights = _corners(rows, columns, (maps.shape[2], maps.shape[3]))
    weights = weights * gates.permute(0, 2, 3, 1)[..., None].to(weights)
    table = maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
    sampled = functional.embedding_bag(
        index.view(-1, 4),
        table,
        mode="sum",
        per_sample_weights=weights.view(-1, 4).to(table),
    )
    batch, _, height, width = offsets.shape
    taps = sampled.view(batch, height, width, TAPS * maps.shape[1])
    return functional.linear(taps, _by_tap(weight), bias).permute(0, 3, 1, 2)


def _places(offsets: Tensor, stride: int, shape_hw: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Rows and columns each tap reads at: two (B, Ho, Wo, 9), cells, fractional."""
    batch, _, height, width = offsets.shape
    moved = offsets.float().permute(0, 2, 3, 1).reshape(batch, height, width, TAPS, 2)
    tap = torch.arange(TAPS, device=offsets.device)
    row = torch.arange(height, device=offsets.device)[:, None, None] * stride - 1 + tap // 3
    column = torch.arange(width, device=offsets.device)[:, None] * stride - 1 + tap % 3
    # One cell outside, every corner weighs nothing: farther away need not be told apart.
    return (
        (moved[..., 0] + row).clamp(-1, shape_hw[0]),
        (moved[..., 1] + column).clamp(-1, shape_hw[1]),
    )


def _corners(rows: Tensor, columns: Tensor, shape_hw: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """The four cells around each place, and their bilinear weights.

    → index (B, Ho, Wo, 9, 4) int64 into the flattened batch, weights float of the same shape.
    Cells outside the map weigh 0.
    """
    row_index, row_weight = _neighbours(rows, shape_hw[0])
    column_index, column_weight = _neighbours(columns, shape_hw[1])
    images = torch.arange(rows.shape[0], device=rows.device).view(-1, 1, 1, 1, 1, 1)
    index = (images * shape_hw[0] + row_index[..., :, None]) * shape_hw[1]
    index = index + column_index[..., None, :]
    weights = row_weight[..., :, None] * column_weight[..., None, :]
    return index.flatten(-2), weights.flatten(-2)


def _neighbours(places: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """The two whole numbers around each place on one axis, and how much each weighs."""
    low = places.floor()
    share = places - low
    pair = torch.stack((low, low + 1), dim=-1)
    weight = torch.stack((1 - share, share), dim=-1)
    inside = (pair >= 0) & (pair < length)
    return pair.long().clamp(0, length - 1), weight * inside


def _by_tap(weight: Tensor) -> Tensor:
    """(O, C, 3, 3) → (O, 9 · C), taps before channels."""
    return weight.permute(0, 2, 3, 1).flatten(1)
