"""GLIP put together: backbone, pyramid, language and head under their published names."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.glip.config import GLIPConfig
from models.glip.fpn import FPN
from models.glip.head import Head, LevelOutput
from models.glip.language import LanguageBackbone
from models.glip.swin import Swin


class Backbone(nn.Module):
    """Picture → pyramid."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.body = Swin(config)
        self.fpn = FPN(config.swin_dim, config.channels)

    def forward(self, images: Tensor) -> list[Tensor]:
        """(B, 3, H, W) normalised BGR → [P3 … P7]."""
        levels: list[Tensor] = self.fpn(self.body(images))
        return levels


class RPN(nn.Module):
    """Holds the head under its published name."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.head = Head(config)


class GLIP(nn.Module):
    """Grounded Language-Image Pre-training: a picture and a caption → boxes tied to tokens.

    It knows nothing of phrases, thresholds or tokenizers.
    """

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config)
        self.language_backbone = LanguageBackbone(config)
        self.rpn = RPN(config)

    @property
    def device(self) -> torch.device:
        """Where the weights are, and inputs should be."""
        return self.rpn.head.bias0.device

    def forward(self, images: Tensor, input_ids: Tensor, mask: Tensor) -> list[LevelOutput]:
        """`images` (B, 3, H, W) normalised BGR; `input_ids` int64, `mask` bool (B, T)."""
        text = self.encode_text(input_ids, mask)
        return self.ground(self.encode_image(images), text, mask)

    def encode_image(self, images: Tensor) -> list[Tensor]:
        """Everything that needs no text: [P3 … P7], and the whole tower where nothing is fused."""
        levels: list[Tensor] = self.backbone(images)
        return levels if self.config.fused else self.rpn.head.refine(levels)

    def encode_text(self, input_ids: Tensor, mask: Tensor) -> Tensor:
        """Everything that needs no picture: (B, T, text_dim)."""
        hidden: Tensor = self.language_backbone(input_ids, mask)
        return hidden

    def ground(self, levels: Sequence[Tensor], text: Tensor, mask: Tensor) -> list[LevelOutput]:
        """What `encode_image` and `encode_text` gave → one output a level."""
        outputs: list[LevelOutput] = self.rpn.head(levels, text, mask)
        return outputs


def build_glip(config: GLIPConfig, device: torch.device | str = "meta") -> GLIP:
    """Build a GLIP in evaluation mode; on "meta" it has shapes but no memory."""
    with torch.device(device):
        return GLIP(config).eval()
