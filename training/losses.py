"""What training minimises: alignment, boxes, their quality, and the naming contrast."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name every reader of PyTorch expects

FOCAL_ALPHA = 0.25


class Truth(NamedTuple):
    """What the regions of a batch should say; shapes as in ``Predictions``."""

    is_positive: Tensor  # bool (B, R), regions that answer for a thing
    is_meant: Tensor  # bool (B, R, P), the phrase means the region's thing
    is_asked: Tensor  # bool (B, P), slots that hold a phrase
    ltrb: Tensor  # float32 (B, R, 4), only meaningful where positive


def align_loss(logits: Tensor, truth: Truth) -> Tensor:
    """Sigmoid focal loss (gamma 2) over asked phrases, a positive region."""
    target = truth.is_meant.to(logits.dtype)
    probability = logits.sigmoid()
    wrong = probability + target - 2 * probability * target  # 1 - p of the right answer
    weight = (1 - FOCAL_ALPHA) + (2 * FOCAL_ALPHA - 1) * target
    cost = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    asked = truth.is_asked[:, None].to(logits.dtype)
    return (weight * wrong * wrong * cost * asked).sum() / truth.is_positive.sum().clamp(min=1)


def box_losses(ltrb: Tensor, quality: Tensor, truth: Truth) -> tuple[Tensor, Tensor]:
    """Centerness-weighted GIoU loss, and the cross-entropy of quality over positive regions.

    A box's quality is its overlap with the true one, so that better boxes rank higher.
    """
    said, wanted = ltrb[truth.is_positive], truth.ltrb[truth.is_positive].clamp(min=0.5)
    weight = measure_centerness(wanted)
    giou, overlap = _giou(said, wanted)
    judged = F.binary_cross_entropy_with_logits(quality[truth.is_positive], overlap.detach())
    return ((1 - giou) * weight).sum() / weight.sum().clamp(min=1e-6), judged


def measure_centerness(ltrb: Tensor) -> Tensor:
    """How central a point is in its box: (…, 4) distances → (…) in [0, 1]."""
    across, along = ltrb[..., 0::2], ltrb[..., 1::2]
    ratio = across.amin(-1) / across.amax(-1) * along.amin(-1) / along.amax(-1)
    return ratio.clamp(min=0).sqrt()


def _giou(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Generalised and plain IoU of boxes given as distances from one common point, (K, 4) each."""
    inner = torch.minimum(a, b)
    outer = torch.maximum(a, b)
    shared, hull = _area(inner), _area(outer)
    union = _area(a) + _area(b) - shared
    return shared / union - (hull - union) / hull, shared / union


def _area(ltrb: Tensor) -> Tensor:
    return (ltrb[:, 0] + ltrb[:, 2]) * (ltrb[:, 1] + ltrb[:, 3])


def naming_loss(things: Tensor, names: Tensor, excused: Tensor, scale: Tensor) -> Tensor:
    """Symmetric InfoNCE between unit embeddings of things (M, D) and names (M + E, D).

    The i-th name is the i-th thing's; pairs in ``excused`` (M, M + E) also fit and do not count.
    """
    count = len(things)
    own = torch.arange(count, device=things.device)
    is_own = torch.zeros_like(excused)
    is_own[own, own] = True
    scores = (things @ names.T * scale).masked_fill(excused & ~is_own, -1e4)
    to_name = F.cross_entropy(scores, own)
    to_thing = F.cross_entropy(scores[:, :count].T, own)
    return (to_name + to_thing) / 2
