import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.glip.preprocess import (
    choose_padded_shape,
    choose_shape,
    normalise,
    resize,
    stack_padded,
)
from tests.models.glip.tiny import DATA

CASES = json.loads((DATA / "preprocess" / "resize_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['width']}x{case['height']}")
def test_sizes_are_the_recorded_ones(case: dict[str, int]) -> None:
    size_wh = (case["width"], case["height"])
    shape_hw = choose_shape(size_wh, min_side=case["min_size"], max_side=case["max_size"])
    assert shape_hw == (case["out_height"], case["out_width"])


def test_pixels_are_the_recorded_ones() -> None:
    recorded = load_file(DATA / "preprocess" / "pixels.safetensors")
    pixels = recorded["image_rgb_uint8"].numpy()
    shape_hw = choose_shape((pixels.shape[1], pixels.shape[0]), min_side=60, max_side=90)
    ours = normalise(torch.from_numpy(resize(pixels, shape_hw).copy()))
    torch.testing.assert_close(ours, recorded["normalised_bgr"], atol=1e-4, rtol=0)


def test_a_picture_of_the_right_size_is_left_alone() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, 3), np.uint8)
    assert resize(pixels, (6, 5)) is pixels


@pytest.mark.parametrize(
    ("shape_hw", "padded"), [((64, 65), (64, 96)), ((1, 32), (32, 32))], ids=str
)
def test_padded_shapes_are_multiples(shape_hw: tuple[int, int], padded: tuple[int, int]) -> None:
    assert choose_padded_shape(shape_hw, 32) == padded


def test_padding_is_zero_right_and_below() -> None:
    stacked = stack_padded([torch.ones(3, 33, 10), torch.ones(3, 5, 40)], 32)
    assert stacked.shape == (2, 3, 64, 64)
    assert stacked.sum(dim=(1, 2, 3)).tolist() == [3 * 33 * 10, 3 * 5 * 40]
    assert stacked[0, :, :33, :10].min() == 1
