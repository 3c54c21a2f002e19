import torch

from models.glip.dyconv import DyConv, DyReLU
from tests.models.glip.tiny import TINY


def test_dyrelu_starts_as_relu() -> None:
    """With nothing learnt the two lines are y = x and y = 0."""
    relu = DyReLU(8)
    for parameter in relu.parameters():
        torch.nn.init.zeros_(parameter)
    level = torch.randn(1, 8, 3, 3)
    assert torch.equal(relu(level), level.relu())


def test_dyrelu_bends_slopes_by_two_and_heights_by_one() -> None:
    relu = DyReLU(4)
    for parameter in relu.parameters():
        torch.nn.init.zeros_(parameter)
    last = relu.fc[2]
    assert isinstance(last, torch.nn.Linear)
    # Blocks of four channels: slope, height, other slope, other height; 3 saturates.
    last.bias.data = torch.tensor([3.0, 3.0, 3.0, -3.0]).repeat_interleave(4)
    out = relu(torch.tensor([2.0, -2.0]).repeat(4, 1).view(1, 4, 1, 2))
    assert out[0, 0].flatten().tolist() == [4.5, -2.5]


def test_levels_keep_their_shapes() -> None:
    layer = DyConv(TINY)
    shapes = [(9, 12), (5, 6), (3, 3), (2, 2), (1, 1)]
    levels = [torch.randn(2, TINY.channels, *shape) for shape in shapes]
    assert [tuple(level.shape[2:]) for level in layer(levels)] == shapes


def test_a_level_hears_its_neighbours_only() -> None:
    torch.manual_seed(5)
    layer = DyConv(TINY)
    levels = [torch.randn(1, TINY.channels, side, side) for side in (16, 8, 4, 2, 1)]
    before = layer(levels)
    levels[4] = levels[4] + 1
    after = layer(levels)
    same = [torch.equal(one, other) for one, other in zip(before, after, strict=True)]
    assert same == [True, True, True, False, False]
