"""From a batch to the one number training minimises."""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name every reader of PyTorch expects

from models.nano.network import NanoNet, Predictions, list_centres
from training.batches import Batch
from training.losses import Truth, align_loss, box_losses, naming_loss
from training.validate import encode

BOX_WEIGHT = 2.0
NAMING_WEIGHT = 0.5
NAMING_SCALE = 2.5  # logarithm of the contrast's first scale
MAX_NAMING_SCALE = 40.0


def compute_loss(network: NanoNet, batch: Batch, scale: Tensor) -> tuple[Tensor, dict[str, float]]:
    """Total loss of a batch and its parts; ``scale`` is the logarithm of the contrast's scale."""
    pyramid, texts, rows = encode(network, batch)
    is_absent = batch.phrases.to(rows.device) < 0
    predictions = network(pyramid, texts[rows], is_absent)
    predictions = Predictions(*(part.float() for part in predictions))
    truth = build_truth(batch, is_absent)
    align = align_loss(predictions.logits, truth)
    box, quality = box_losses(predictions.ltrb, predictions.quality, truth)
    naming = naming_loss(
        _pool_things(network.embed_regions(pyramid), batch),
        network.embed_phrases(texts)[batch.names.to(rows.device)],
        batch.excused.to(rows.device),
        scale.exp().clamp(max=MAX_NAMING_SCALE),
    )
    total = align + BOX_WEIGHT * box + quality + NAMING_WEIGHT * naming
    parts = {"align": align, "box": box, "quality": quality, "naming": naming}
    return total, {name: float(part.detach()) for name, part in parts.items()}


def build_truth(batch: Batch, is_absent: Tensor) -> Truth:
    """Spread what each region's thing is over the regions, on the device of ``is_absent``."""
    device = is_absent.device
    assigned = batch.assigned.to(device)
    owner = assigned.clamp(0)
    is_positive = assigned >= 0
    matches = batch.matches.to(device)
    is_meant = matches.gather(1, owner[..., None].expand(-1, -1, matches.shape[2]))
    boxes = batch.boxes.to(device).gather(1, owner[..., None].expand(-1, -1, 4))
    centres = list_centres(batch.images.shape[1]).to(device)
    ltrb = torch.cat([centres - boxes[..., :2], boxes[..., 2:] - centres], -1)
    return Truth(is_positive, is_meant & is_positive[..., None], ~is_absent, ltrb)


def _pool_things(regions: Tensor, batch: Batch) -> Tensor:
    """Mean unit embedding (M, D) of the regions that answer for each contrasted thing."""
    owners = batch.owners.to(regions.device)
    assigned = batch.assigned.to(regions.device)[owners[:, 0]]
    weight = (assigned == owners[:, 1:2]).to(regions.dtype)  # (M, R)
    things = batch.boxes.shape[1]
    slot = torch.where(batch.assigned < 0, things, batch.assigned).to(regions.device)
    sums = regions.new_zeros(len(regions), things + 1, regions.shape[2])
    sums = sums.scatter_add(1, slot[..., None].expand_as(regions), regions)
    pooled = sums[owners[:, 0], owners[:, 1]] / weight.sum(1, keepdim=True).clamp(min=1)
    return F.normalize(pooled, dim=-1)
