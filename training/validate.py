"""How good the network is right now: average precision and naming on fixed fresh scenes."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from models.nano.network import NanoNet, Predictions, list_centres
from models.readout import ReadoutLimits, pick
from training.batches import Batch
from training.metrics import Query, measure_ap

RAW_LIMITS = ReadoutLimits(score_floor=0.1, candidates_a_phrase=60, boxes_a_phrase=20)


def encode(network: NanoNet, batch: Batch) -> tuple[list[Tensor], Tensor, Tensor]:
    """Pyramid, embeddings of all texts (U, D), and phrase rows with -1 replaced by 0 (B, P)."""
    device = network.bias.device
    images = batch.images.to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
    pyramid = network.image_encoder(images.contiguous(memory_format=torch.channels_last))
    return pyramid, network.text_encoder(batch.tokens.to(device)), batch.phrases.to(device).clamp(0)


def place_boxes(predictions: Predictions, side: int) -> Tensor:
    """Distances to xyxy (B, R, 4) in input pixels."""
    centres = list_centres(side).to(predictions.ltrb.device)
    low, high = predictions.ltrb[..., :2], predictions.ltrb[..., 2:]
    return torch.cat([centres - low, centres + high], -1)


def score(predictions: Predictions) -> Tensor:
    """Raw scores (B, R, P): geometric mean of alignment and quality."""
    return (predictions.logits.sigmoid() * predictions.quality.sigmoid()[..., None]).sqrt()


@torch.inference_mode()
def validate(network: NanoNet, batches: Sequence[Batch]) -> dict[str, float]:
    """AP50 and AP75 over all phrases of the batches, absent ones included."""
    network.eval()
    queries: list[Query] = []
    for batch in batches:
        pyramid, texts, rows = encode(network, batch)
        predictions = network(pyramid, texts[rows], batch.phrases.to(rows.device) < 0)
        boxes = place_boxes(predictions, batch.images.shape[1]).cpu().numpy()
        scores = score(predictions).cpu().numpy()
        queries += [
            _query(batch, (b, p), boxes[b], scores[b, :, p])
            for b, p in np.argwhere(batch.phrases.numpy() >= 0)
        ]
    network.train()
    return {"ap50": measure_ap(queries, 0.5), "ap75": measure_ap(queries, 0.75)}


def _query(batch: Batch, where: tuple[int, int], boxes: np.ndarray, scores: np.ndarray) -> Query:
    b, p = where
    rows = pick(boxes, scores, RAW_LIMITS)
    truth = batch.boxes[b][batch.matches[b, :, p]].numpy()
    return Query(truth, boxes[rows], scores[rows])
