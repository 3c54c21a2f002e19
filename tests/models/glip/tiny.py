"""A GLIP of a few thousand weights, and the vocabulary that comes with the text cases."""

from dataclasses import replace
from pathlib import Path

import torch

from models.glip.config import GLIPConfig
from models.glip.network import GLIP, build_glip
from models.glip.text import CaptionTokenizer

DATA = Path(__file__).parent / "data"

TINY = GLIPConfig(
    swin_dim=8,
    swin_depths=(1, 2, 1, 1),
    swin_heads=(2, 2, 4, 4),
    channels=16,
    norm_groups=4,
    head_layers=2,
    fusion_dim=32,
    fusion_heads=4,
    text_dim=24,
    bert_layers=1,
    bert_heads=2,
    bert_intermediate=32,
    bert_vocab=59,
    bert_positions=64,
    max_tokens=48,
    min_side=48,
    max_side=80,
)
TINY_A = replace(TINY, fused=False)


def build_tiny(config: GLIPConfig = TINY, seed: int = 0) -> GLIP:
    """Build a small GLIP with random weights, none of them left at a value that hides a fault."""
    model = build_glip(config, "cpu")
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim > 1:
            fan_in = parameter[0].numel()
            parameter.data = noise / fan_in**0.5 * (2 if "offset" in name else 1)
        else:
            is_factor = name.endswith((".weight", ".scale"))  # of a norm or a level
            parameter.data = 0.2 * noise + float(is_factor)
    return model.requires_grad_(requires_grad=False)


def load_tokenizer() -> CaptionTokenizer:
    return CaptionTokenizer.load(DATA / "text" / "vocab.txt")
