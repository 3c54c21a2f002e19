import torch

from models.glip.fpn import FPN, TopBlocks


def test_five_levels_each_half_the_one_before() -> None:
    maps = [torch.randn(1, 4 * 2**stage, 32 // 2**stage, 24 // 2**stage) for stage in range(4)]
    levels = FPN(swin_dim=4, channels=8)(maps)
    assert [tuple(level.shape) for level in levels] == [
        (1, 8, 16, 12),
        (1, 8, 8, 6),
        (1, 8, 4, 3),
        (1, 8, 2, 2),
        (1, 8, 1, 1),
    ]


def test_p6_is_rectified_only_on_its_way_into_p7() -> None:
    top = TopBlocks(1)
    for conv, weight in ((top.p6, -1.0), (top.p7, 1.0)):
        for parameter, value in zip(conv.parameters(), (weight, 0.5), strict=True):
            torch.nn.init.constant_(parameter, value)
    p6, p7 = top(torch.ones(1, 1, 4, 4))
    assert (p6 < 0).all()
    assert (p7 == 0.5).all()
