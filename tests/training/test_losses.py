"""Losses fall where they should."""

import torch

from training.losses import Truth, align_loss, box_losses, measure_centerness, naming_loss

POSITIVE = torch.tensor([[True, False]])
TRUTH = Truth(
    is_positive=POSITIVE,
    is_meant=torch.tensor([[[True, False, False], [False, False, False]]]),
    is_asked=torch.tensor([[True, True, False]]),
    ltrb=torch.tensor([[[4.0, 4, 4, 4], [0, 0, 0, 0]]]),
)


def test_the_right_alignment_costs_less() -> None:
    right = torch.tensor([[[5.0, -5, 0], [-5, -5, 0]]])
    assert align_loss(right, TRUTH) < 0.01 < align_loss(-right, TRUTH)


def test_slots_without_a_phrase_cost_nothing() -> None:
    logits = torch.zeros(1, 2, 3)
    changed = logits.clone()
    changed[..., 2] = 9.0
    assert align_loss(logits, TRUTH) == align_loss(changed, TRUTH)


def test_a_perfect_box_costs_nothing_and_a_worse_one_more() -> None:
    quality = torch.full((1, 2), 9.0)
    perfect, _ = box_losses(TRUTH.ltrb, quality, TRUTH)
    worse, _ = box_losses(TRUTH.ltrb + 2, quality, TRUTH)
    assert perfect.item() == 0
    assert worse > 0.3


def test_high_quality_is_right_for_a_box_that_fits_and_wrong_for_another() -> None:
    sure = torch.full((1, 2), 9.0)
    _, fitting = box_losses(TRUTH.ltrb, sure, TRUTH)
    _, loose = box_losses(TRUTH.ltrb + 2, sure, TRUTH)
    assert fitting < 0.01
    assert loose > 1


def test_centerness_is_one_in_the_middle_and_falls_to_the_border() -> None:
    ltrb = torch.tensor([[4.0, 4, 4, 4], [1, 4, 7, 4], [0, 4, 8, 4]])
    middle, between, border = measure_centerness(ltrb).tolist()
    assert middle == 1
    assert border == 0
    assert 0 < between < 1


def test_excused_names_do_not_count_against_a_thing() -> None:
    things = torch.eye(2)
    names = torch.tensor([[1.0, 0], [0, 1], [1, 0]])  # the last is another name of the first thing
    nobody = torch.zeros(2, 3, dtype=torch.bool)
    excused = nobody.clone()
    excused[0, 2] = True
    scale = torch.tensor(20.0)
    assert naming_loss(things, names, excused, scale) < 1e-3
    assert naming_loss(things, names, nobody, scale) > 0.1
