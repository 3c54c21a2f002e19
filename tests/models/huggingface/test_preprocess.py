import numpy as np
import pytest
import torch
from PIL import Image
from transformers.models.grounding_dino.image_processing_pil_grounding_dino import (
    GroundingDinoImageProcessorPil,
)

from models.glip.preprocess import resize
from models.huggingface.files import PictureRules
from models.huggingface.preprocess import choose_shape, normalise

RULES = PictureRules(
    mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), shorter_side=48, longer_side=80
)


@pytest.mark.parametrize(
    "size_wh", [(100, 80), (33, 33), (48, 70), (50, 90), (200, 31), (31, 200), (480, 12)], ids=str
)
def test_a_picture_becomes_what_the_library_makes_of_it(size_wh: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size_wh[::-1], 3), np.uint8)
    processor = GroundingDinoImageProcessorPil(
        size={"shortest_edge": RULES.shorter_side, "longest_edge": RULES.longer_side}
    )
    theirs = processor(images=Image.fromarray(pixels), return_tensors="pt")["pixel_values"][0]
    ours = normalise(torch.tensor(resize(pixels, choose_shape(size_wh, RULES))), RULES)
    assert ours.shape == theirs.shape
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_the_thinnest_picture_keeps_a_pixel() -> None:
    assert choose_shape((8000, 1), RULES) == (1, 80)
