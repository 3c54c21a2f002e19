"""From a folder to a detector: local files, safetensors alone, and every key must fit."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from transformers import GroundingDinoForObjectDetection, MMGroundingDinoForObjectDetection
from transformers.utils.logging import disable_progress_bar

from detection.detector import ModelCard
from models.glip.checkpoint import CheckpointUnreadable, digest_file
from models.glip.text import CaptionTokenizer
from models.huggingface.detector import DOT, GroundingDINO, GroundingDINODetector
from models.huggingface.files import read_config, read_picture_rules
from texts import LANGUAGES, say

WEIGHTS_FILE: Final = "model.safetensors"
ROWS_ON_GPU: Final = 8
NETWORKS: Final[Mapping[str, Any]] = {  # classes of an untyped library
    "grounding-dino": GroundingDinoForObjectDetection,
    "mm-grounding-dino": MMGroundingDinoForObjectDetection,  # LLMDet, too
}


def load_grounding_dino(model_id: str, folder: Path, *, device: str) -> GroundingDINODetector:
    """Load a model of the Grounding DINO family; raises CheckpointUnreadable."""
    config = read_config(folder)
    tokenizer = _load_tokenizer(folder / "vocab.txt")
    rules = read_picture_rules(folder)
    is_cuda = torch.device(device).type == "cuda"
    return GroundingDINODetector(
        load_network(folder, config, device),
        tokenizer,
        rules,
        model_id=model_id,
        revision=digest_file(folder / WEIGHTS_FILE)[:16],
        card=build_card(),
        # On a CPU stacking gains little; one by one, answers are equal to the bit.
        rows_a_batch=ROWS_ON_GPU if is_cuda else 1,
    )


def load_network(folder: Path, config: Mapping[str, Any], device: str) -> GroundingDINO:
    """Load the network the configuration names; raises CheckpointUnreadable unless all keys fit."""
    kind = str(config.get("model_type"))
    if kind not in NETWORKS:
        raise CheckpointUnreadable(f"{folder}: expected {' or '.join(NETWORKS)}, got {kind}")
    disable_progress_bar()  # type: ignore[no-untyped-call] # a log is made of whole lines
    try:
        network, report = NETWORKS[kind].from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,  # they are in the report, by name
            dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
        raise CheckpointUnreadable(f"{folder}: {error}") from error
    faults = {name: sorted(map(str, keys))[:5] for name, keys in report.items() if keys}
    if faults:
        raise CheckpointUnreadable(f"{folder}: weights do not fit: {faults}")
    evaluated: GroundingDINO = network.eval().requires_grad_(requires_grad=False).to(device)
    return evaluated


def build_card() -> ModelCard:
    """Say what people should know about the family."""
    return ModelCard(
        default_threshold=0.3,
        languages=("en",),
        knows={language: say("models.grounding_dino_knows", language) for language in LANGUAGES},
    )


def _load_tokenizer(path: Path) -> CaptionTokenizer:
    """Read the vocabulary of bert-base-uncased, whose dot the networks know by its number."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise CheckpointUnreadable(f"{path}: {error}") from error
    if lines[DOT : DOT + 1] != ["."]:
        raise CheckpointUnreadable(f"{path}: expected the vocabulary of bert-base-uncased")
    return CaptionTokenizer.load(path)
