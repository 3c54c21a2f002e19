"""A picture's maps are computed once, and answers are equal with and without that."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from detection.image import SourceImage
from detection.prompt import Prompt
from models.huggingface.kept_encoder import KeptEncoder
from models.huggingface.load import load_grounding_dino
from tests.models.huggingface.tiny import KINDS, save_tiny


class Counting(torch.nn.Module):
    """Two maps of a picture; counts the rows it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []

    def forward(self, pixels: torch.Tensor, mask: torch.Tensor) -> Any:
        self.rows.append(len(pixels))
        return [(pixels * 2, mask), (pixels[:, :, ::2, ::2], mask[:, ::2, ::2])]


def batch(*seeds: int) -> tuple[torch.Tensor, torch.Tensor]:
    rows = [torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.stack(rows), torch.ones(len(seeds), 4, 6, dtype=torch.long)


def test_only_new_rows_are_encoded_and_all_come_in_order() -> None:
    kept = KeptEncoder(encoder := Counting())
    kept(*batch(1, 2))
    maps = kept(*batch(3, 1, 2))
    assert encoder.rows == [2, 1]
    for (level, mask), (expected, all_of_it) in zip(maps, Counting()(*batch(3, 1, 2)), strict=True):
        assert torch.equal(level, expected)
        assert torch.equal(mask, all_of_it.bool())


def test_what_does_not_fit_is_encoded_again() -> None:
    kept = KeptEncoder(encoder := Counting(), max_bytes=0)
    kept(*batch(1))
    kept(*batch(1))
    assert encoder.rows == [1, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_equal_with_and_without(kind: str, tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "dino", kind)
    with_it, without = (load_grounding_dino("tiny", folder, device="cpu") for _ in range(2))
    network: Any = without._network
    network.model.backbone.conv_encoder = network.model.backbone.conv_encoder.encoder
    pixels = np.random.default_rng(0).integers(0, 256, (80, 100, 3), np.uint8)
    image = SourceImage.from_pixels(pixels)
    for text in ("dog . red cat", "car . apple"):
        question = image, Prompt.parse(text)
        (kept,) = with_it.detect_batch([with_it.prepare(*question)])
        assert [kept] == without.detect_batch([without.prepare(*question)])
    encoder: Any = with_it._network
    assert len(encoder.model.backbone.conv_encoder._kept) == 1
