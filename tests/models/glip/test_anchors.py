import math

import torch

from models.glip.anchors import build_anchors, decode


def test_the_first_anchor_is_the_published_one() -> None:
    anchors = build_anchors((2, 3), stride=8, size=64)
    assert anchors.shape == (6, 4)
    assert anchors[0].tolist() == [-28, -28, 35, 35]
    assert anchors[4].tolist() == [-20, -20, 43, 43]


def test_no_change_gives_the_anchor_back() -> None:
    anchors = build_anchors((3, 3), stride=16, size=128)
    torch.testing.assert_close(decode(torch.zeros(9, 4), anchors), anchors)


def test_deltas_are_weighed_and_sizes_capped() -> None:
    anchor = torch.tensor([[0.0, 0.0, 15.0, 15.0]])  # 16 inclusive pixels a side
    moved = decode(torch.tensor([[10.0, 0.0, 5 * math.log(2), 5000.0]]), anchor)
    assert moved[0, 0::2].tolist() == [8.0, 39.0]  # centre 23.5, 32 wide
    torch.testing.assert_close(moved[0, 3] - moved[0, 1] + 1, torch.tensor(1000.0))
