"""Hold our GLIP against a recording of the reference: python tools/parity.py DIR [--device cuda].

Prints the largest absolute difference of every group of tensors beside its tolerance; exit status
0 only if all hold. Rows that start with "stage" feed one part with the recorded input of that part.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a script, find the rooms

from models.glip.anchors import anchors_of
from models.glip.checkpoint import adopt_weights
from models.glip.dyconv import DyConv
from models.glip.fusion import Fusion
from models.glip.head import LevelOutput
from models.glip.language import TextLayer
from models.glip.network import GLIP, build_glip
from models.glip.preprocess import stack_padded
from models.glip.reference import (
    Aggregate,
    ReferenceDetections,
    detect_reference,
)
from tools.recording import Recording

# Largest absolute differences, float32 on a CPU; boxes in pixels. "labels" counts boxes without a
# partner of the same label.
TOLERANCES: Final = {
    "backbone": 5e-5,
    "fpn": 5e-5,
    "lang": 5e-5,
    "tower": 3e-4,
    "head": 3e-4,
    "anchors": 0.0,
    "boxes": 2e-2,
    "scores": 1e-4,
    "labels": 0.0,
    "stage": 3e-5,
    "stage boxes": 1e-3,
    "stage scores": 1e-6,
    "stage labels": 0.0,
}
CUDA_FACTOR: Final = 10.0  # on a GPU, with TF32 off: for everything but anchors and labels
CUDA_LONELY: Final = 0.05  # share of the boxes that may lack a partner on a GPU, end to end


@dataclass(frozen=True)
class Row:
    """One line of the report."""

    group: str
    difference: float  # infinite where shapes differ or a number is not finite
    tolerance: float

    @property
    def holds(self) -> bool:
        return self.difference <= self.tolerance


def tolerance_of(group: str, device: torch.device) -> float:
    """Return how far a group may be off on `device`."""
    return TOLERANCES[group] * (CUDA_FACTOR if device.type == "cuda" else 1.0)


def compare(recording: Recording, device: torch.device) -> Iterator[Row]:
    """Every row of the report, in the order of the data flow."""
    model = build_glip(recording.config)
    adopt_weights(model, recording.weights)
    model.to(device)
    with torch.inference_mode():
        seen, outputs = _watch(model, recording)
        yield from _compare_tensors(seen, recording, device)
        yield from _compare_detections(outputs, recording, device, stage="")
        yield from _compare_stages(model, recording, device)
        yield from _compare_detections(recording.head_outputs, recording, device, stage="stage ")


def _watch(model: GLIP, recording: Recording) -> tuple[dict[str, Tensor], list[LevelOutput]]:
    """Ask the network, and keep what its parts answered under the recording's names."""
    seen: dict[str, Tensor] = {}
    for name, part in _parts(model).items():
        part.register_forward_hook(_keep(seen, name, recording))
    images = stack_padded(recording.images, recording.config.size_divisor)
    outputs: list[LevelOutput] = model(images, recording.inputs["input_ids"], recording.mask)
    seen["lang.embedded"] = seen["lang.hidden"] * recording.mask[..., None]
    seen |= recording.name_head(outputs)
    seen |= recording.name_levels("anchors", anchors_of(outputs, recording.config))
    return seen, outputs


def _parts(model: GLIP) -> dict[str, nn.Module]:
    """The modules whose outputs are recorded, by the recording's names, in the data's order."""
    tower = model.rpn.head.dyhead_tower
    layers_a_round = len(tower) // model.config.head_layers
    words: dict[type[nn.Module], str] = {Fusion: "fuse", TextLayer: "bert", DyConv: "dyconv"}
    named = {
        f"tower.{number // layers_a_round}.{words[type(layer)]}": layer
        for number, layer in enumerate(tower)
    }
    return {
        "backbone": model.backbone.body,
        "fpn": model.backbone.fpn,
        "lang": model.language_backbone,
        **named,
    }


def _keep(
    seen: dict[str, Tensor], name: str, recording: Recording
) -> Callable[[nn.Module, Any, Any], None]:
    def keep(_part: nn.Module, _inputs: Any, output: Any) -> None:
        seen.update(_name_part(name, output, recording))

    return keep


def _name_part(name: str, output: Any, recording: Recording) -> dict[str, Tensor]:
    """What one part answered, under the recording's names."""
    match name.rpartition(".")[2]:
        case "backbone":
            return {f"backbone.stage{stage}": tokens for stage, tokens in enumerate(output, 2)}
        case "lang":
            return {"lang.hidden": output}
        case "bert":
            return {f"{name}.lang": output}
        case "fuse":
            levels, text = output
            return recording.name_levels(f"{name}.visual", levels) | {f"{name}.lang": text}
        case "dyconv":
            return recording.name_levels(f"{name}.visual", output)
        case _:
            return recording.name_levels(name, output)


def _compare_tensors(
    ours: Mapping[str, Tensor], recording: Recording, device: torch.device
) -> Iterator[Row]:
    """One row a group; every recorded tensor but the detections must have a partner."""
    groups: dict[str, list[str]] = {}
    for name in ours:
        words = name.split(".")
        group = ".".join(words[:2]) if words[0] in {"tower", "head"} else words[0]
        groups.setdefault(group, []).append(name)
    for name in recording.outputs:
        if not name.startswith("det.") and name not in ours:
            raise SystemExit(f"the recording holds {name}, which our network does not have")
    for group, names in groups.items():
        tensors = {name: ours[name] for name in names}
        tolerance = tolerance_of(group.partition(".")[0], device)
        yield Row(group, _largest(tensors, recording), tolerance)


def _largest(ours: Mapping[str, Tensor], recording: Recording) -> float:
    return max(_difference(tensor, recording.outputs[name]) for name, tensor in ours.items())


def _difference(ours: Tensor, theirs: Tensor) -> float:
    if ours.shape != theirs.shape:
        return math.inf
    largest = float((ours.float() - theirs).abs().max())
    return largest if math.isfinite(largest) else math.inf


def _compare_stages(model: GLIP, recording: Recording, device: torch.device) -> Iterator[Row]:
    """Feed every part behind the backbones what the reference's part was fed."""
    tolerance = tolerance_of("stage", device)
    levels, text = recording.pyramid("fpn"), recording.outputs["lang.hidden"]
    for name, part in _parts(model).items():
        match name.rpartition(".")[2]:
            case "backbone" | "lang":  # fed with recorded inputs already, end to end
                continue
            case "fpn":
                maps = [recording.outputs[f"backbone.stage{stage}"] for stage in range(2, 6)]
                answer = _name_part(name, part(maps), recording)
            case "fuse":
                answer = _name_part(name, part(levels, text, recording.mask), recording)
                levels = recording.pyramid(f"{name}.visual")
                text = recording.outputs[f"{name}.lang"]
            case "bert":
                answer = _name_part(name, part(text, recording.mask), recording)
                text = recording.outputs[f"{name}.lang"]
            case _:
                answer = _name_part(name, part(levels), recording)
                levels = recording.pyramid(f"{name}.visual")
        yield Row(f"stage {name}", _largest(answer, recording), tolerance)
    seen_text = text if recording.config.fused else recording.outputs["lang.embedded"]
    head = recording.name_head(model.rpn.head.predict(levels, seen_text))
    yield Row("stage head", _largest(head, recording), tolerance)


def _compare_detections(
    outputs: list[LevelOutput], recording: Recording, device: torch.device, *, stage: str
) -> Iterator[Row]:
    """Boxes, scores and labels of every aggregation, as sets: near ties may change places."""
    shapes = [(image.shape[1], image.shape[2]) for image in recording.images]
    for aggregate in get_args(Aggregate):
        ours = detect_reference(
            outputs,
            recording.positive_map,
            shapes,
            config=recording.config,
            rules=replace(recording.rules, aggregate=aggregate),
        )
        theirs = [recording.detections(aggregate, image) for image in range(len(shapes))]
        pairs = [pair(*both) for both in zip(ours, theirs, strict=True)]
        boxes, scores, lonely = (max(column) for column in zip(*pairs, strict=True))
        most = max(len(detections.scores) for detections in theirs)
        allowed = CUDA_LONELY * most if device.type == "cuda" and not stage else 0.0
        name = f"{stage}det.{aggregate}"
        yield Row(f"{name}.boxes", boxes, tolerance_of(f"{stage}boxes", device))
        yield Row(f"{name}.scores", scores, tolerance_of(f"{stage}scores", device))
        yield Row(f"{name}.labels", lonely, allowed)


def pair(ours: ReferenceDetections, theirs: ReferenceDetections) -> tuple[float, float, float]:
    """Give each recorded box the nearest of ours with its label.

    → largest difference of the boxes (pixels), of the scores, and the number left without partner.
    """
    waiting = list(range(len(ours.scores)))
    boxes, scores, lonely = 0.0, 0.0, 0
    for box, score, label in zip(theirs.boxes, theirs.scores, theirs.labels, strict=True):
        rivals = [row for row in waiting if ours.labels[row] == label]
        if not rivals:
            lonely += 1
            continue
        gaps = np.abs(ours.boxes[rivals] - box).max(axis=1)
        nearest = rivals[int(gaps.argmin())]
        waiting.remove(nearest)
        boxes = max(boxes, float(gaps.min()))
        scores = max(scores, float(abs(ours.scores[nearest] - score)))
    return boxes, scores, float(lonely + len(waiting))


def main(arguments: list[str] | None = None) -> int:
    """Print the report; 0 if every row holds."""
    parser = argparse.ArgumentParser(description="Hold our GLIP against a recording.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a recording of the reference")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    options = parser.parse_args(arguments)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    device = torch.device(options.device)
    rows = list(compare(Recording.load(options.folder, device), device))
    print(f"{'group':24} {'difference':>10} {'tolerance':>10}")
    for row in rows:
        verdict = "" if row.holds else "  FAILS"
        print(f"{row.group:24} {row.difference:10.2e} {row.tolerance:10.2e}{verdict}")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
