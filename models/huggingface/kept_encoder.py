"""Keeps what a Grounding DINO computes of a picture before it meets the words: its backbone's maps.

Takes the place of the library's encoder inside its network. Pictures are known by their own pixels,
so that no request's fact is stored on the network.
"""

import hashlib
from typing import Any, Final

import torch
from torch import Tensor, nn

from models.features import FeatureCache

PICTURE_BYTES: Final = 256 * 2**20  # one of 800 × 1333 pixels takes 23 MB with Swin-T


class KeptEncoder(nn.Module):
    """Encodes the rows of a batch that it does not remember. Expects pictures without padding."""

    def __init__(self, encoder: nn.Module, max_bytes: int = PICTURE_BYTES) -> None:
        super().__init__()
        self.encoder = encoder
        self._kept = FeatureCache[bytes](max_bytes)

    def forward(self, pixel_values: Tensor, pixel_mask: Tensor) -> list[tuple[Tensor, Tensor]]:
        """(B, 3, h, w), all of (B, h, w) → maps (B, C, h', w') with their masks, a level each."""
        keys = [_digest(row) for row in pixel_values]
        known = {key: self._kept.get(key) for key in keys}
        fresh = [row for row, key in enumerate(keys) if known[key] is None]
        if fresh:
            levels = [level for level, _ in self.encoder(pixel_values[fresh], pixel_mask[fresh])]
            for at, row in enumerate(fresh):
                # A copy: a view would keep the whole batch in memory.
                maps = tuple(level[at].clone() for level in levels)
                known[keys[row]] = maps
                self._kept.put(keys[row], maps)
        stacked = [torch.stack(level) for level in zip(*map(known.get, keys), strict=True)]
        return [(level, torch.ones_like(level[:, 0], dtype=torch.bool)) for level in stacked]


def _digest(pixels: Tensor) -> bytes:
    data: Any = pixels.to("cpu").contiguous().numpy()
    return hashlib.blake2b(data, key=str(tuple(pixels.shape)).encode()).digest()


def keep_pictures(network: Any, max_bytes: int = PICTURE_BYTES) -> None:
    """Let a network of the family keep what it computes of pictures."""
    backbone = network.model.backbone
    backbone.conv_encoder = KeptEncoder(backbone.conv_encoder, max_bytes)
