import torch

from models.glip.swin import (
    MASKED,
    PatchMerging,
    Swin,
    build_position_index,
    build_shift_mask,
    join_windows,
    split_windows,
)
from tests.models.glip.tiny import TINY


def test_windows_come_back_where_they_were() -> None:
    tokens = torch.arange(2 * 6 * 9 * 4.0).view(2, 6, 9, 4)
    windows = split_windows(tokens, 3)
    assert windows.shape == (12, 9, 4)
    assert torch.equal(windows[1, 0], tokens[0, 0, 3])
    assert torch.equal(join_windows(windows, 3, (6, 9)), tokens)


def test_the_bias_row_depends_on_the_relative_place_alone() -> None:
    assert build_position_index(2).tolist() == [
        [4, 3, 1, 0],
        [5, 4, 2, 1],
        [7, 6, 4, 3],
        [8, 7, 5, 4],
    ]


def test_rolled_neighbours_are_kept_apart_even_in_a_single_window() -> None:
    mask = build_shift_mask((4, 4), window=4, shift=2)
    row_band = torch.tensor([1, 1, 2, 2])
    band = (row_band[:, None] * 3 + row_band[None]).flatten()
    assert torch.equal(mask[0, 0] == MASKED, band[:, None] != band[None])


def test_only_the_last_windows_are_masked() -> None:
    mask = build_shift_mask((8, 8), window=4, shift=2)
    assert [bool(window.any()) for window in mask] == [False, True, True, True]


def test_merging_reads_down_before_right() -> None:
    merging = PatchMerging(1)
    merging.norm = torch.nn.Identity()  # type: ignore[assignment]  # look at the order alone
    merging.reduction = torch.nn.Identity()  # type: ignore[assignment]  # likewise
    tokens = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).view(1, 2, 2, 1)
    assert merging(tokens).flatten().tolist() == [1.0, 3.0, 2.0, 4.0]


def test_odd_sizes_round_up() -> None:
    swin = Swin(TINY).eval()
    maps = swin(torch.randn(1, 3, 37, 50))
    assert [tuple(tokens.shape[1:]) for tokens in maps] == [
        (8, 10, 13),
        (16, 5, 7),
        (32, 3, 4),
        (64, 2, 2),
    ]


def test_c2_leaves_without_a_norm() -> None:
    swin = Swin(TINY).eval()
    maps = swin(torch.randn(1, 3, 64, 64))
    centred = [bool((tokens.mean(1).abs() < 1e-5).all()) for tokens in maps]
    assert centred == [False, True, True, True]
