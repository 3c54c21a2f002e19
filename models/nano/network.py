"""The network of glip-nano on one page: image pyramid, phrase encoder, fusion, alignment, boxes.

A phrase is encoded by itself (its tokens see only each other), so its embedding can be kept; the
fusion then lets regions and phrases of one caption look at each other. A region is one cell of the
pyramid. Shapes: B images, S input side, R regions, P phrases, L tokens of a phrase, D channels.
Knows nothing about tokenizers, letterboxes, thresholds or result types.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name every reader of PyTorch expects

STRIDES = (8, 16, 32)


@dataclass(frozen=True)
class NanoConfig:
    """Sizes of the network; the defaults are the shipped model."""

    vocabulary_size: int = 2048
    stem: int = 32
    widths: tuple[int, ...] = (48, 96, 160, 224)  # at strides 4, 8, 16, 32
    depths: tuple[int, ...] = (1, 2, 2, 1)  # residual blocks a stage
    channels: int = 128  # D, shared by pyramid and phrases
    heads: int = 4
    text_layers: int = 2
    fusion_layers: int = 2
    positions: int = 24  # later tokens of a phrase share the last position


class Predictions(NamedTuple):
    """What the network says about each region."""

    logits: Tensor  # (B, R, P) alignment of region and phrase, before sigmoid
    ltrb: Tensor  # (B, R, 4) distances from the region's centre to the box sides, input pixels
    quality: Tensor  # (B, R) how well the box fits, before sigmoid


class ConvBlock(nn.Module):
    """3x3 convolution, batch normalisation and, but for the last of a residual branch, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        """Map ``inputs`` channels to ``outputs`` at 1/``stride`` of the size."""
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) → (B, outputs, H/stride, W/stride), not yet rectified."""
        normed: Tensor = self.norm(self.conv(x))
        return normed


class ResidualBlock(nn.Module):
    """Two dense 3x3 convolutions around a shortcut; depthwise ones are slower on CPUs."""

    def __init__(self, channels: int) -> None:
        """Keep ``channels`` and size."""
        super().__init__()
        self.first = ConvBlock(channels, channels)
        self.second = ConvBlock(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → the same shape."""
        return F.relu(x + self.second(F.relu(self.first(x))))


class Stage(nn.Sequential):
    """Halve the size, widen, then refine by residual blocks."""

    def __init__(self, inputs: int, outputs: int, depth: int) -> None:
        blocks = (ResidualBlock(outputs) for _ in range(depth))
        super().__init__(ConvBlock(inputs, outputs, stride=2), *blocks)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) → (B, outputs, H/2, W/2)."""
        shrink, *blocks = self
        x = F.relu(shrink(x))
        for block in blocks:
            x = block(x)
        return x


class ImageEncoder(nn.Module):
    """Pixels to a feature pyramid of equal channels at STRIDES."""

    def __init__(self, config: NanoConfig) -> None:
        """Build stem, stages and the top-down path."""
        super().__init__()
        self.stem = ConvBlock(3, config.stem, stride=2)
        inputs = (config.stem, *config.widths[:-1])
        self.stages = nn.ModuleList(
            Stage(a, b, depth)
            for a, b, depth in zip(inputs, config.widths, config.depths, strict=True)
        )
        self.laterals = nn.ModuleList(
            nn.Conv2d(width, config.channels, 1) for width in config.widths[1:]
        )
        self.smooth = nn.Conv2d(config.channels, config.channels, 3, padding=1)
        self.level = nn.Parameter(torch.zeros(len(STRIDES), config.channels, 1, 1))

    def forward(self, image: Tensor) -> list[Tensor]:
        """(B, 3, S, S) in [-1, 1] → [(B, D, S/8, S/8), (B, D, S/16, S/16), (B, D, S/32, S/32)]."""
        x = F.relu(self.stem(image))
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        top = [lateral(x) for lateral, x in zip(self.laterals, features[1:], strict=True)]
        for finer in (1, 0):
            top[finer] = top[finer] + F.interpolate(top[finer + 1], scale_factor=2.0)
        return [self.smooth(x) + bias for x, bias in zip(top, self.level, strict=True)]


class TextLayer(nn.Module):
    """Pre-norm self-attention and MLP over the tokens of one phrase."""

    def __init__(self, channels: int, heads: int) -> None:
        """Keep ``channels``."""
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        self.mlp = Mlp(channels)

    def forward(self, x: Tensor, is_padding: Tensor) -> Tensor:
        """(N, L, D) and bool (N, L) → (N, L, D)."""
        n, length, channels = x.shape
        qkv = self.qkv(self.norm_attention(x)).view(n, length, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (N, heads, L, D / heads) each
        scores = q @ k.transpose(-1, -2) * (channels // self.heads) ** -0.5
        scores = scores.masked_fill(is_padding[:, None, None], float("-inf"))
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, channels)
        attended: Tensor = self.mlp(x + self.out(mixed))
        return attended


class Mlp(nn.Module):
    """Pre-norm residual MLP of four times the width."""

    def __init__(self, channels: int) -> None:
        """Keep ``channels``."""
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.up = nn.Linear(channels, 4 * channels)
        self.down = nn.Linear(4 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(…, D) → (…, D)."""
        lifted: Tensor = self.down(F.gelu(self.up(self.norm(x))))
        return x + lifted


class TextEncoder(nn.Module):
    """Tokens of a phrase to one embedding; a phrase never sees its neighbours."""

    def __init__(self, config: NanoConfig) -> None:
        """Build embeddings and layers."""
        super().__init__()
        self.tokens = nn.Embedding(config.vocabulary_size, config.channels)
        self.positions = nn.Embedding(config.positions, config.channels)
        self.layers = nn.ModuleList(
            TextLayer(config.channels, config.heads) for _ in range(config.text_layers)
        )
        self.norm = nn.LayerNorm(config.channels)

    def forward(self, token_ids: Tensor) -> Tensor:
        """int64 (N, L), padded with 0, at least one token each → (N, D), mean over the tokens."""
        is_padding = token_ids == 0
        order = torch.arange(token_ids.shape[1], device=token_ids.device)
        x = self.tokens(token_ids) + self.positions(
            order.clamp(max=self.positions.num_embeddings - 1)
        )
        for layer in self.layers:
            x = layer(x, is_padding)
        kept = (~is_padding)[..., None].to(x.dtype)
        pooled: Tensor = self.norm((x * kept).sum(1) / kept.sum(1))
        return pooled


class Fusion(nn.Module):
    """Cross-attention both ways on one score matrix; then each side digests what it learnt.

    A learnt "nothing" stands beside the phrases, so that a region need not look at any of them.
    """

    def __init__(self, config: NanoConfig) -> None:
        """Build projections and the two digesting parts."""
        super().__init__()
        d = config.channels
        self.heads = config.heads
        self.nothing = nn.Parameter(torch.randn(1, 1, d) * 0.02)
        self.norm_regions, self.norm_phrases = nn.LayerNorm(d), nn.LayerNorm(d)
        self.region_qv, self.phrase_kv = nn.Linear(d, 2 * d), nn.Linear(d, 2 * d)
        self.region_out, self.phrase_out = nn.Linear(d, d), nn.Linear(d, d)
        self.mlp = Mlp(d)
        self.conv = nn.Conv2d(d, d, 3, padding=1, bias=False)
        self.level_norms = nn.ModuleList(nn.BatchNorm2d(d) for _ in STRIDES)

    def forward(
        self, pyramid: Sequence[Tensor], phrases: Tensor, is_absent: Tensor
    ) -> tuple[list[Tensor], Tensor]:
        """Pyramid, phrases (B, P, D) and bool (B, P) of unused slots → pyramid and phrases."""
        b, _, d = phrases.shape
        regions = flatten(pyramid)
        told = torch.cat([self.nothing.expand(b, 1, d), phrases], 1)
        q, region_v = self._split(self.region_qv(self.norm_regions(regions)))
        k, phrase_v = self._split(self.phrase_kv(self.norm_phrases(told)))
        scores = q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5  # (B, heads, R, 1 + P)
        unused = F.pad(is_absent, (1, 0))[:, None, None]
        to_regions = scores.masked_fill(unused, float("-inf")).softmax(-1) @ phrase_v
        to_phrases = scores.transpose(-1, -2).softmax(-1) @ region_v
        regions = regions + self.region_out(to_regions.transpose(1, 2).reshape(b, -1, d))
        told = told + self.phrase_out(to_phrases.transpose(1, 2).reshape(b, -1, d))
        return self._convolve(regions, pyramid), self.mlp(told[:, 1:])

    def _split(self, doubled: Tensor) -> tuple[Tensor, Tensor]:
        """(B, N, 2D) → two of (B, heads, N, D / heads)."""
        b, n, _ = doubled.shape
        first, second = doubled.view(b, n, 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        return first, second

    def _convolve(self, regions: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
        levels = unflatten(regions, like)
        return [
            x + F.relu(norm(self.conv(x))) for x, norm in zip(levels, self.level_norms, strict=True)
        ]


class Head(nn.Module):
    """Region embeddings, box distances and quality from the fused pyramid."""

    def __init__(self, channels: int) -> None:
        """One convolution shared by the levels, normalised per level."""
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.level_norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in STRIDES)
        self.embed = nn.Linear(channels, channels)
        self.box = nn.Linear(channels, 5)
        nn.init.normal_(self.box.weight, std=0.01)
        nn.init.zeros_(self.box.bias)

    def forward(self, pyramid: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Pyramid → embeddings (B, R, D), ltrb (B, R, 4) in input pixels, quality (B, R)."""
        levels = [
            F.relu(norm(self.conv(x))) for x, norm in zip(pyramid, self.level_norms, strict=True)
        ]
        x = flatten(levels)
        box = self.box(x)
        strides = torch.cat([
            torch.full((level.shape[-2] * level.shape[-1], 1), 2.0 * stride, device=x.device)
            for level, stride in zip(levels, STRIDES, strict=True)
        ])  # fmt: skip
        return self.embed(x), box[..., :4].clamp(-6, 6).exp() * strides, box[..., 4]


class NanoNet(nn.Module):
    """The whole network: encode both sides, fuse, align."""

    def __init__(self, config: NanoConfig) -> None:
        """Build every part for ``config``."""
        super().__init__()
        self.config = config
        d = config.channels
        self.image_encoder = ImageEncoder(config)
        self.text_encoder = TextEncoder(config)
        self.region_embed, self.phrase_embed = nn.Linear(d, d), nn.Linear(d, d)
        self.fusions = nn.ModuleList(Fusion(config) for _ in range(config.fusion_layers))
        self.head = Head(d)
        self.fused_embed = nn.Linear(d, d)
        self.bias = nn.Parameter(torch.tensor(-4.6))  # a prior of one region in a hundred
        self.beta = nn.Parameter(torch.tensor(6.0))  # weight of the cosine before fusion

    def forward(self, pyramid: Sequence[Tensor], phrases: Tensor, is_absent: Tensor) -> Predictions:
        """Align what the encoders gave: pyramid, phrases (B, P, D), bool (B, P) of unused slots."""
        regions = self.embed_regions(pyramid)
        cosine = regions @ self.embed_phrases(phrases).transpose(-1, -2)
        fused, told = list(pyramid), phrases
        for fusion in self.fusions:
            fused, told = fusion(fused, told, is_absent)
        embedded, ltrb, quality = self.head(fused)
        aligned = embedded @ self.fused_embed(told).transpose(-1, -2)
        logits = aligned * phrases.shape[-1] ** -0.5 + self.beta * cosine + self.bias
        return Predictions(logits, ltrb, quality)

    def embed_regions(self, pyramid: Sequence[Tensor]) -> Tensor:
        """Unit embeddings of all regions before fusion, (B, R, D)."""
        return F.normalize(self.region_embed(flatten(pyramid)), dim=-1)

    def embed_phrases(self, phrases: Tensor) -> Tensor:
        """Unit embeddings of phrases before fusion, (…, D)."""
        return F.normalize(self.phrase_embed(phrases), dim=-1)


def place_network(network: NanoNet, device: str) -> NanoNet:
    """Move to a device with channels last, the layout its convolutions are fastest in."""
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stubs lack memory_format
    return network


def flatten(pyramid: Sequence[Tensor]) -> Tensor:
    """Levels of (B, D, H, W) → (B, R, D), finest first, row by row; free when channels are last."""
    return torch.cat([level.permute(0, 2, 3, 1).flatten(1, 2) for level in pyramid], 1)


def unflatten(regions: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
    """(B, R, D) → levels of (B, D, H, W) with the sizes of ``like``."""
    sizes = [level.shape[-2] * level.shape[-1] for level in like]
    parts = torch.split(regions, sizes, dim=1)
    return [
        part.view(len(part), *level.shape[-2:], -1).permute(0, 3, 1, 2)
        for part, level in zip(parts, like, strict=True)
    ]


def list_centres(side: int) -> Tensor:
    """Centres (R, 2) of all regions as x, y in input pixels, in the order of ``flatten``."""
    grids = []
    for stride in STRIDES:
        ticks = (torch.arange(side // stride) + 0.5) * stride
        y, x = torch.meshgrid(ticks, ticks, indexing="ij")
        grids.append(torch.stack([x, y], -1).view(-1, 2))
    return torch.cat(grids)
