"""The gather against the kernel's definition, tap by tap in plain Python."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.glip.deformable import convolve, reread


def sample(plane: Tensor, y: float, x: float) -> float:
    """Bilinear value of (H, W) at a place; corners outside count 0."""
    height, width = plane.shape
    if not (-1 < y < height and -1 < x < width):
        return 0.0
    low_y, low_x = math.floor(y), math.floor(x)
    total = 0.0
    for row, row_weight in ((low_y, 1 - (y - low_y)), (low_y + 1, y - low_y)):
        for column, weight in ((low_x, 1 - (x - low_x)), (low_x + 1, x - low_x)):
            if 0 <= row < height and 0 <= column < width:
                total += row_weight * weight * float(plane[row, column])
    return total


def convolve_slowly(
    maps: Tensor, offsets: Tensor, gates: Tensor, weight: Tensor, stride: int
) -> Tensor:
    batch, _, height, width = offsets.shape
    out = torch.zeros(batch, weight.shape[0], height, width)
    for image in range(batch):
        for y in range(height):
            for x in range(width):
                taps = torch.zeros(maps.shape[1], 9)
                for tap in range(9):
                    at_y = y * stride - 1 + tap // 3 + float(offsets[image, 2 * tap, y, x])
                    at_x = x * stride - 1 + tap % 3 + float(offsets[image, 2 * tap + 1, y, x])
                    for channel, plane in enumerate(maps[image]):
                        taps[channel, tap] = sample(plane, at_y, at_x) * gates[image, tap, y, x]
                out[image, :, y, x] = weight.flatten(1) @ taps.flatten()
    return out


@pytest.mark.parametrize("shape_hw", [(5, 4), (1, 3), (1, 1)], ids=str)
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("reach", [0.7, 40.0], ids=["near", "far outside"])
def test_equals_the_kernel(shape_hw: tuple[int, int], stride: int, reach: float) -> None:
    torch.manual_seed(7)
    maps = torch.randn(2, 3, *shape_hw)
    plane = [(side - 1) // stride + 1 for side in shape_hw]
    offsets, gates = torch.randn(2, 18, *plane) * reach, torch.rand(2, 9, *plane)
    weight, bias = torch.randn(4, 3, 3, 3), torch.randn(4)
    ours = convolve(maps, offsets, gates, weight=weight, bias=bias, stride=stride)
    slow = convolve_slowly(maps, offsets, gates, weight, stride) + bias[:, None, None]
    torch.testing.assert_close(ours, slow, atol=1e-5, rtol=1e-5)


def test_without_offsets_it_is_an_ordinary_convolution() -> None:
    torch.manual_seed(7)
    maps, weight, bias = torch.randn(2, 3, 9, 8), torch.randn(4, 3, 3, 3), torch.randn(4)
    still, open_gates = torch.zeros(2, 18, 5, 4), torch.ones(2, 9, 5, 4)
    ours = convolve(maps, still, open_gates, weight=weight, bias=bias, stride=2)
    plain = functional.conv2d(maps, weight, bias, stride=2, padding=1)
    torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-5)


def test_rereading_strides_by_the_smaller_plane() -> None:
    """A block of 4 × 6 read as 2 × 3: "channel 1" is row 1 of channel 0, "channel 4" channel 1."""
    block = torch.arange(2 * 18 * 24.0).view(2, 18, 4, 6)
    seen = reread(block, 18, (2, 3))
    assert seen.shape == (2, 18, 2, 3)
    assert torch.equal(seen[0, 1].flatten(), block[0, 0, 1])
    assert torch.equal(seen[1, 4].flatten(), block[1, 1, 0])


def test_rereading_ignores_how_memory_is_laid_out() -> None:
    block = torch.randn(1, 18, 4, 6)
    seen = reread(block.contiguous(memory_format=torch.channels_last), 18, (2, 3))
    assert torch.equal(seen, reread(block, 18, (2, 3)))


def test_an_offset_that_is_no_number_reads_no_foreign_memory() -> None:
    maps, offsets = torch.ones(1, 1, 3, 3), torch.zeros(1, 18, 3, 3)
    offsets[0, 0, 0, 0] = math.nan
    weight = torch.ones(1, 1, 3, 3)
    out = convolve(maps, offsets, torch.ones(1, 9, 3, 3), weight=weight, bias=None, stride=1)
    assert out[0, 0].isnan().tolist() == [[True, False, False], [False] * 3, [False] * 3]
