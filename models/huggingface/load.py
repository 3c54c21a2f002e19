"""From a folder to a detector: local files, safetensors alone, and every key must fit."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers import (
    CLIPTokenizer,
    GroundingDinoForObjectDetection,
    MMGroundingDinoForObjectDetection,
    Owlv2ForObjectDetection,
)
from transformers.utils.logging import disable_progress_bar

from detection.detector import ModelCard
from models.files import digest_file
from models.glip.checkpoint import CheckpointUnreadable
from models.glip.text import CaptionTokenizer
from models.huggingface.detector import DOT, GroundingDINODetector
from models.huggingface.files import read_colour_rules, read_config, read_picture_rules
from models.huggingface.kept_encoder import keep_pictures
from models.huggingface.owl import OWLDetector
from texts import LANGUAGES, say

WEIGHTS_FILE: Final = "model.safetensors"
ROWS_ON_GPU: Final = 8
NETWORKS: Final[Mapping[str, Any]] = {  # classes of an untyped library
    "grounding-dino": GroundingDinoForObjectDetection,
    "mm-grounding-dino": MMGroundingDinoForObjectDetection,  # LLMDet, too
}
OWL_NETWORKS: Final[Mapping[str, Any]] = {"owlv2": Owlv2ForObjectDetection}
# Buffers that older versions of the library saved, and newer ones compute.
COMPUTED: Final = ("position_ids", "box_bias")


def load_grounding_dino(model_id: str, folder: Path, *, device: str) -> GroundingDINODetector:
    """Load a model of the Grounding DINO family; raises CheckpointUnreadable."""
    config = read_config(folder)
    tokenizer = _load_tokenizer(folder / "vocab.txt")
    rules = read_picture_rules(folder)
    is_cuda = torch.device(device).type == "cuda"
    network = load_network(folder, config, device, NETWORKS)
    keep_pictures(network)
    return GroundingDINODetector(
        network,
        tokenizer,
        rules,
        model_id=model_id,
        revision=digest_file(folder / WEIGHTS_FILE)[:16],
        card=build_card("grounding_dino", default_threshold=0.3),
        # On a CPU stacking gains little; one by one, answers are equal to the bit.
        rows_a_batch=ROWS_ON_GPU if is_cuda else 1,
    )


def load_owl(model_id: str, folder: Path, *, device: str) -> OWLDetector:
    """Load OWLv2; raises CheckpointUnreadable."""
    config = read_config(folder)
    return OWLDetector(
        load_network(folder, config, device, OWL_NETWORKS),
        _load_clip_tokenizer(folder),
        read_colour_rules(folder),
        model_id=model_id,
        revision=digest_file(folder / WEIGHTS_FILE)[:16],
        card=build_card("owl", default_threshold=0.1),
    )


def load_network(
    folder: Path, config: Mapping[str, Any], device: str, networks: Mapping[str, Any]
) -> Any:
    """Load the network the configuration names; raises CheckpointUnreadable unless all keys fit."""
    kind = str(config.get("model_type"))
    if kind not in networks:
        raise CheckpointUnreadable(f"{folder}: expected {' or '.join(networks)}, got {kind}")
    disable_progress_bar()  # type: ignore[no-untyped-call] # a log is made of whole lines
    try:
        network, report = networks[kind].from_pretrained(
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
    faults = list_faults(report)
    if faults:
        raise CheckpointUnreadable(f"{folder}: weights do not fit: {faults}")
    return network.eval().requires_grad_(requires_grad=False).to(device)


def list_faults(report: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name up to five keys of each kind that do not fit."""
    keys = {name: sorted(map(str, found)) for name, found in report.items()}
    keys["unexpected_keys"] = [
        key for key in keys.get("unexpected_keys", []) if not key.endswith(COMPUTED)
    ]
    return {name: found[:5] for name, found in keys.items() if found}


def build_card(family: str, *, default_threshold: float) -> ModelCard:
    """Say what people should know about a family."""
    return ModelCard(
        default_threshold=default_threshold,
        languages=("en",),
        knows={language: say(f"models.{family}_knows", language) for language in LANGUAGES},
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


def _load_clip_tokenizer(folder: Path) -> Tokenizer:
    """Build CLIP's tokenizer from `vocab.json` and `merges.txt`."""
    try:
        vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
        lines = (folder / "merges.txt").read_text("utf-8").splitlines()
        merges: Any = [
            tuple(line.split()) for line in lines if line and not line.startswith("#version")
        ]
        return CLIPTokenizer(vocab=vocabulary, merges=merges).backend_tokenizer
    except Exception as error:  # the tokenizers library raises the bare class
        raise CheckpointUnreadable(f"{folder}: no tokenizer of CLIP: {error}") from error
