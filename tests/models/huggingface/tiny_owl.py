"""OWLv2 of a few thousand random weights, saved by the library as the published one is."""

import json
from pathlib import Path
from typing import Any

from tokenizers.pre_tokenizers import ByteLevel
from transformers import Owlv2Config, Owlv2ForObjectDetection

from tests.models.huggingface.tiny import randomised

SIDE = 32
MERGES = ["d o", "do g</w>", "c a", "ca t</w>"]
LETTERS = sorted(ByteLevel.alphabet())
TOKENS = [
    *LETTERS,
    *(f"{letter}</w>" for letter in LETTERS),
    *(merge.replace(" ", "") for merge in MERGES),
    "<|startoftext|>",
    "<|endoftext|>",
]
COLOURS = {"image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28]}


def save_tiny_owl(folder: Path) -> Path:
    """Write a model's folder: configuration, weights, preprocessing and vocabulary."""
    build_tiny_owl().save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(COLOURS))
    vocabulary = {token: number for number, token in enumerate(TOKENS)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(MERGES) + "\n", "utf-8")
    return folder


def build_tiny_owl() -> Any:
    """Build a network whose random weights answer here and there."""
    small = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config: Any = Owlv2Config(
        text_config={
            **small,
            "vocab_size": len(TOKENS),
            "max_position_embeddings": 16,
            "pad_token_id": 0,
            "bos_token_id": len(TOKENS) - 2,
            "eos_token_id": len(TOKENS) - 1,
        },
        vision_config={**small, "image_size": SIDE, "patch_size": 8},
        projection_dim=16,
    )
    return randomised(Owlv2ForObjectDetection(config))
