"""The sizes of a GLIP, with the three published structures: A, T and L."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class GLIPConfig:
    """Everything that shapes the network. The defaults are those of GLIP-T."""

    swin_dim: int = 96  # channels after the patch embedding; each stage doubles them
    swin_depths: tuple[int, ...] = (2, 2, 6, 2)  # blocks a stage
    swin_heads: tuple[int, ...] = (3, 6, 12, 24)  # attention heads a stage
    swin_window: int = 7  # side of an attention window, in patches
    swin_mlp_ratio: int = 4  # width of a block's MLP over its channels
    patch_size: int = 4  # pixels a patch, each way

    channels: int = 256  # of every pyramid level, through FPN and head
    norm_groups: int = 16  # of the head's GroupNorm
    head_layers: int = 6  # rounds of (fusion, text layer, DyConv)
    fused: bool = True  # whether image and text look at each other in the head; A does without
    fusion_dim: int = 2048  # width of the fusion attention, all heads together
    fusion_heads: int = 8

    text_dim: int = 768  # width of BERT and of the head's text layers
    bert_layers: int = 12
    bert_heads: int = 12  # of BERT and of the head's text layers
    bert_intermediate: int = 3072  # width of their MLPs
    bert_vocab: int = 30522
    bert_positions: int = 512  # rows of the position table
    bert_token_types: int = 2  # rows of the token type table; only row 0 is read
    bert_norm_eps: float = 1e-12
    max_tokens: int = 256  # tokens of one caption, [CLS] and [SEP] included

    min_side: int = 800  # pixels the shorter side of a picture is resized to …
    max_side: int = 1333  # … unless the longer side would then exceed this
    strides: tuple[int, ...] = (8, 16, 32, 64, 128)  # pixels a cell of P3 … P7
    anchor_sizes: tuple[int, ...] = (64, 128, 256, 512, 1024)  # side of each level's one anchor
    size_divisor: int = 32  # pictures are padded to a multiple of it, each way


GLIP_T: Final = GLIPConfig()
GLIP_T_A: Final = GLIPConfig(fused=False)
GLIP_L: Final = GLIPConfig(
    swin_dim=192,
    swin_depths=(2, 2, 18, 2),
    swin_heads=(6, 12, 24, 48),
    swin_window=12,
    head_layers=8,
)
