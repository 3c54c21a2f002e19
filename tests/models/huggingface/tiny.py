"""Networks of a few thousand random weights, saved by the library as published ones are."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import (
    BertConfig,
    GroundingDinoConfig,
    GroundingDinoForObjectDetection,
    MMGroundingDinoConfig,
    MMGroundingDinoForObjectDetection,
    SwinConfig,
)

KINDS: dict[str, tuple[Any, Any]] = {
    "grounding-dino": (GroundingDinoConfig, GroundingDinoForObjectDetection),
    "mm-grounding-dino": (MMGroundingDinoConfig, MMGroundingDinoForObjectDetection),
}
Swin: Any = SwinConfig  # whose types do not know its own options
PICTURE_RULES = {
    "size": {"shortest_edge": 48, "longest_edge": 80},
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
}
# The networks know [CLS], [SEP], "." and "?" by their numbers in the vocabulary of BERT.
NUMBERED = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 1012: ".", 1029: "?", 1010: ","}
WORDS = (
    *("a", "the", "red", "hat", "dog", "cat", "car", "cart", "##rot", "pine", "##apple", "apple"),
    *("race", "toy", "beside", "it", "b", "(", ")", "*", "[", "]", "c", "-", "狗"),
)
VOCABULARY = [NUMBERED.get(at, f"[unused{at}]") for at in range(1040)]
VOCABULARY[200 : 200 + len(WORDS)] = WORDS


def save_tiny(folder: Path, kind: str = "grounding-dino", max_text_len: int = 256) -> Path:
    """Write a model's folder: configuration, weights, preprocessing and vocabulary."""
    network = build_tiny(kind, max_text_len)
    network.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PICTURE_RULES))
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in VOCABULARY), "utf-8")
    return folder


def build_tiny(kind: str, max_text_len: int) -> Any:
    """Build a small network with random weights."""
    config_class, network_class = KINDS[kind]
    network = network_class(
        config_class(
            backbone_config=Swin(
                image_size=64,
                embed_dim=8,
                depths=[1, 1, 1, 1],
                num_heads=[1, 1, 2, 2],
                window_size=4,
                out_features=["stage2", "stage3", "stage4"],
            ),
            text_config=BertConfig(
                vocab_size=len(VOCABULARY),
                hidden_size=16,
                num_hidden_layers=1,
                num_attention_heads=2,
                intermediate_size=16,
                max_position_embeddings=256,
            ),
            d_model=64,
            encoder_layers=1,
            decoder_layers=2,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            num_queries=20,
            max_text_len=max_text_len,
        )
    )
    return randomised(network)


def randomised(network: Any) -> Any:
    """Give a network random weights, none of them left at a value that hides a fault."""
    generator = torch.Generator().manual_seed(0)
    for name, parameter in network.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim > 1:
            parameter.data = noise / parameter[0].numel() ** 0.5
        else:
            is_factor = "norm" in name and name.endswith("weight")
            parameter.data = 0.2 * noise + float(is_factor)
    return network.eval()
