"""A folder of tensors recorded from the reference: config.json and three safetensors files."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file
from torch import Tensor

from models.glip.config import GLIPConfig
from models.glip.head import LevelOutput
from models.glip.reference import ReferenceDetections, ReferenceRules

SIZES: Final = {
    "swin_dim": "swin_embed_dim",
    "swin_depths": "swin_depths",
    "swin_heads": "swin_num_heads",
    "swin_window": "swin_window",
    "swin_mlp_ratio": "swin_mlp_ratio",
    "patch_size": "swin_patch_size",
    "channels": "head_channels",
    "norm_groups": "gn_groups",
    "head_layers": "head_num_convs",
    "fused": "early_fuse",
    "fusion_dim": "fuse_embed_dim",
    "fusion_heads": "fuse_heads",
    "text_dim": "lang_dim",
    "bert_layers": "bert_layers",
    "bert_heads": "bert_heads",
    "bert_intermediate": "bert_intermediate",
    "bert_vocab": "bert_vocab",
    "bert_positions": "bert_max_pos",
    "bert_token_types": "bert_type_vocab_size",
    "bert_norm_eps": "bert_layer_norm_eps",
    "max_tokens": "max_query_len",
    "strides": "anchor_strides",
    "anchor_sizes": "anchor_sizes",
    "size_divisor": "size_divisibility",
}  # our word → the recording's


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the reference was given, and what each of its parts answered."""

    config: GLIPConfig
    rules: ReferenceRules
    levels: tuple[str, ...]  # p3 … p7
    weights: Mapping[str, Tensor]
    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> "Recording":
        """Read a folder; SystemExit where it uses options that no published model does."""
        facts: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
        _refuse_unpublished(facts)
        weights, inputs, outputs = (
            load_file(folder / f"{part}.safetensors", device=str(device))
            for part in ("weights", "inputs", "outputs")
        )
        return cls(
            config=_read_config(facts),
            rules=ReferenceRules(
                score_threshold=facts["inference_th"],
                per_level=facts["pre_nms_top_n"],
                nms_iou=facts["nms_th"],
                max_detections=facts["detections_per_img"],
            ),
            levels=tuple(facts["level_names"]),
            weights=weights,
            inputs=inputs,
            outputs=outputs,
        )

    @property
    def images(self) -> list[Tensor]:
        """(3, h, w) normalised, unpadded."""
        return [self.inputs[f"image.{number}"] for number in range(len(self.inputs["input_ids"]))]

    @property
    def mask(self) -> Tensor:
        """(B, T) bool, True for real tokens."""
        return self.inputs["attention_mask"].bool()

    @property
    def positive_map(self) -> dict[int, list[int]]:
        """Label → token positions."""
        labels: list[int] = self.inputs["positive_map_labels"].tolist()
        rows = zip(labels, self.inputs["positive_map"], strict=True)
        return {label: row.nonzero().flatten().tolist() for label, row in rows}

    @property
    def head_outputs(self) -> list[LevelOutput]:
        """What the recorded head said, one a level."""
        names = ("bbox_reg", "centerness", "token_logits")
        columns = [self.pyramid(f"head.{name}") for name in names]
        return [LevelOutput(*parts) for parts in zip(*columns, strict=True)]

    def pyramid(self, prefix: str) -> list[Tensor]:
        """One recorded output, level by level."""
        return [self.outputs[f"{prefix}.{level}"] for level in self.levels]

    def detections(self, aggregate: str, image: int) -> ReferenceDetections:
        """The recorded boxes of one picture."""
        boxes, scores, labels = (
            self.outputs[f"det.{aggregate}.{image}.{part}"].cpu().numpy()
            for part in ("boxes", "scores", "labels")
        )
        return ReferenceDetections(boxes, scores, labels)

    def name_levels(self, prefix: str, maps: Iterable[Tensor]) -> dict[str, Tensor]:
        """Our tensors under the recording's names."""
        names = [f"{prefix}.{level}" for level in self.levels]
        return dict(zip(names, maps, strict=True))

    def name_head(self, outputs: Iterable[LevelOutput]) -> dict[str, Tensor]:
        """Our head's outputs under the recording's names."""
        said = list(outputs)
        return (
            self.name_levels("head.bbox_reg", (output.box_deltas for output in said))
            | self.name_levels("head.centerness", (output.centerness for output in said))
            | self.name_levels("head.token_logits", (output.token_logits for output in said))
        )


def _read_config(facts: Mapping[str, Any]) -> GLIPConfig:
    sizes: dict[str, Any] = {}
    for ours, theirs in SIZES.items():
        size = facts[theirs]
        sizes[ours] = tuple(size) if isinstance(size, list) else size
    return GLIPConfig(**sizes)


def _refuse_unpublished(facts: Mapping[str, Any]) -> None:
    published = {
        "lang_n_layers": 1,
        "mask_special": False,
        "aspect_ratios": [1.0],
        "scales_per_octave": 1,
        "fused_dot_product": facts["early_fuse"],
        "fpn_channels": facts["head_channels"],
    }
    for name, value in published.items():
        if facts[name] != value:
            raise SystemExit(f"{name} is {facts[name]}; the published models have {value}")
