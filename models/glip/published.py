"""The published files by name, and how one becomes a detector."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from detection.detector import ModelCard
from models.glip.checkpoint import CheckpointUnreadable, load_checkpoint
from models.glip.config import GLIP_L, GLIP_T, GLIP_T_A, GLIPConfig
from models.glip.detector import GLIPDetector
from models.glip.encoder import PICTURE_BYTES
from models.glip.text import CaptionTokenizer
from texts import LANGUAGES, say

VOCABULARY_FILE: Final = "vocab.txt"  # of bert-base-uncased
ROWS_ON_GPU: Final = 8


@dataclass(frozen=True)
class PublishedFile:
    """One file of the model zoo. Its hub page states no licence for the weights."""

    name: str
    config: GLIPConfig


PUBLISHED: Final[Mapping[str, PublishedFile]] = {
    "glip-tiny-a": PublishedFile("glip_a_tiny_o365.pth", GLIP_T_A),
    "glip-tiny-b": PublishedFile("glip_tiny_model_o365.pth", GLIP_T),
    "glip-tiny-c": PublishedFile("glip_tiny_model_o365_goldg.pth", GLIP_T),
    "glip-tiny": PublishedFile("glip_tiny_model_o365_goldg_cc_sbu.pth", GLIP_T),
    "glip-large": PublishedFile("glip_large_model.pth", GLIP_L),
}


def load_published(
    model_id: str, folder: Path, *, device: str = "cpu", picture_bytes: int = PICTURE_BYTES
) -> GLIPDetector:
    """Load one of PUBLISHED from a folder that holds its file and BERT's `vocab.txt`.

    `picture_bytes` bounds the features of pictures that are kept. Raises as `load_detector` does.
    """
    published = PUBLISHED[model_id]
    return load_detector(
        folder / published.name,
        folder / VOCABULARY_FILE,
        model_id=model_id,
        config=published.config,
        device=device,
        picture_bytes=picture_bytes,
    )


def load_detector(
    checkpoint: Path,
    vocabulary: Path,
    *,
    model_id: str,
    config: GLIPConfig,
    device: str = "cpu",
    picture_bytes: int = PICTURE_BYTES,
) -> GLIPDetector:
    """Load any GLIP; raises CheckpointUnreadable and CheckpointMismatch, naming file or keys."""
    tokenizer = _load_tokenizer(vocabulary, config)
    loaded = load_checkpoint(checkpoint, config)
    # On a CPU large pictures gain nothing by stacking; one by one, answers are equal to the bit.
    rows = ROWS_ON_GPU if torch.device(device).type == "cuda" else 1
    return GLIPDetector(
        loaded.model.to(device),
        tokenizer,
        model_id=model_id,
        revision=loaded.sha256[:16],
        card=build_card(),
        rows_a_batch=rows,
        picture_bytes=picture_bytes,
    )


def build_card() -> ModelCard:
    """Say what people should know about a published GLIP."""
    return ModelCard(
        score_floor=0.1,
        default_threshold=0.5,
        languages=("en",),
        knows={language: say("glip.knows", language) for language in LANGUAGES},
    )


def _load_tokenizer(path: Path, config: GLIPConfig) -> CaptionTokenizer:
    if not path.exists():
        raise CheckpointUnreadable(f"{path}: put the vocabulary of bert-base-uncased there")
    tokenizer = CaptionTokenizer.load(path)
    if tokenizer.size != config.bert_vocab:
        raise CheckpointUnreadable(
            f"{path}: expected {config.bert_vocab} tokens, got {tokenizer.size}"
        )
    return tokenizer
