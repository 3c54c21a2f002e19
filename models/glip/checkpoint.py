"""Weights from a file into the network: one to one, or a refusal that names the keys.

Published files are unpickled with `weights_only=True`, always, and rewritten once as safetensors.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.files import digest_file
from models.glip.config import GLIPConfig
from models.glip.network import GLIP, build_glip

PREFIX: Final = "module."
# Buffers that are recomputed, parameters that never reach an output, and modules that the
# reference makes under options no published model uses.
IGNORED: Final = (
    "relative_position_index",
    "embeddings.position_ids",
    "rpn.anchor_generator.cell_anchors",
    "rpn.head.cls_logits",
    "pooler",
    "rpn.resizer",
    "mlm_head",
    "token_logits",
    "contrastive_align",
    "tunable_linear",
)
NAMED_KEYS: Final = 5  # of each kind, in a message


class CheckpointUnreadable(Exception):
    """The file cannot be read as weights, or is not the file it should be."""


@dataclass(frozen=True)
class CheckpointReport:
    """How a file's keys fit the network."""

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrong_shape: tuple[str, ...]  # "key: expected (…), got (…)"

    def __bool__(self) -> bool:
        """Whether there is anything to complain about."""
        return bool(self.missing or self.unexpected or self.wrong_shape)

    def __str__(self) -> str:
        parts = {
            "missing": self.missing,
            "unexpected": self.unexpected,
            "wrong shape": self.wrong_shape,
        }
        return "; ".join(_list_keys(kind, keys) for kind, keys in parts.items() if keys)


class CheckpointMismatch(Exception):
    """The file's keys do not fit; `report` says which."""

    def __init__(self, report: CheckpointReport) -> None:
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True)
class LoadedGLIP:
    """A network with its weights, and the SHA-256 of the file they came from."""

    model: GLIP
    sha256: str


def load_checkpoint(path: Path, config: GLIPConfig, *, sha256: str | None = None) -> LoadedGLIP:
    """Load a published file (`.pth`) or one of ours (`.safetensors`).

    A published file is converted on its first load; later loads read `NAME.safetensors` beside it.
    `sha256` is the published file's, where it is known. Raises CheckpointUnreadable and
    CheckpointMismatch.
    """
    model = build_glip(config)
    converted = path if path.suffix == ".safetensors" else _convert_once(path, model, sha256)
    weights = _read_safetensors(converted)
    source = _read_source(converted) or digest_file(converted)
    if sha256 is not None and source != sha256:
        raise CheckpointUnreadable(f"{path}: expected SHA-256 {sha256}, got {source}")
    adopt_weights(model, weights)
    return LoadedGLIP(model, source)


def adopt_weights(model: GLIP, weights: Mapping[str, Tensor]) -> None:
    """Give a network built on "meta" its weights, as float32; they must fit one to one."""
    fitting = {key: _lay_out(tensor) for key, tensor in fit_weights(model, weights).items()}
    model.load_state_dict(fitting, strict=True, assign=True)
    model.requires_grad_(requires_grad=False)
    model.language_backbone.drop_buffers()


def fit_weights(model: GLIP, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Strip prefixes and ignored keys; raise CheckpointMismatch unless the rest fits one to one."""
    ours = model.state_dict()
    theirs = {key.removeprefix(PREFIX): tensor for key, tensor in weights.items()}
    theirs = {
        key: tensor
        for key, tensor in theirs.items()
        if key in ours or not any(pattern in key for pattern in IGNORED)
    }
    report = compare_keys(ours, theirs)
    if report:
        raise CheckpointMismatch(report)
    return {key: theirs[key].float().contiguous() for key in ours}


def compare_keys(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> CheckpointReport:
    """Compare the keys and shapes of a network's weights and a file's."""
    return CheckpointReport(
        missing=tuple(key for key in ours if key not in theirs),
        unexpected=tuple(key for key in theirs if key not in ours),
        wrong_shape=tuple(
            f"{key}: expected {tuple(ours[key].shape)}, got {tuple(tensor.shape)}"
            for key, tensor in theirs.items()
            if key in ours and ours[key].shape != tensor.shape
        ),
    )


def read_published(path: Path) -> dict[str, Tensor]:
    """Read a published file: the entry `model` (never `model_ema`), or the weights themselves."""
    try:
        # Files from before 2020 are no archives, and cannot be mapped.
        is_archive = zipfile.is_zipfile(path)
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=is_archive)
    except Exception as error:  # whatever the unpickler stumbles over, there are no weights here
        raise CheckpointUnreadable(f"{path}: cannot be read as plain weights: {error}") from error
    weights = content.get("model", content) if isinstance(content, dict) else None
    if not isinstance(weights, dict) or not weights:
        raise CheckpointUnreadable(f"{path}: holds no weights")
    strays = [key for key, value in weights.items() if not isinstance(value, Tensor)]
    if strays:
        raise CheckpointUnreadable(f"{path}: {_list_keys('not a tensor', tuple(map(str, strays)))}")
    return weights


def _lay_out(tensor: Tensor) -> Tensor:
    """Kernels channels last: deformable sampling gathers whole cells and multiplies them."""
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor


def _convert_once(path: Path, model: GLIP, sha256: str | None) -> Path:
    """Write `NAME.safetensors` beside a published file, unless it is there and newer."""
    target = path.with_suffix(".safetensors")
    if not path.exists():
        if target.exists():
            return target
        raise CheckpointUnreadable(f"{path}: no such file")
    if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return target
    source = digest_file(path)
    if sha256 is not None and source != sha256:
        raise CheckpointUnreadable(f"{path}: expected SHA-256 {sha256}, got {source}")
    weights = fit_weights(model, read_published(path))
    # A half-written file never bears the final name.
    unfinished = target.with_suffix(".unfinished")
    save_file(weights, unfinished, metadata={"source_sha256": source})
    unfinished.replace(target)
    return target


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise CheckpointUnreadable(f"{path}: {error}") from error


def _read_source(path: Path) -> str | None:
    """SHA-256 of the file this one was converted from, if it was."""
    with safe_open(path, "pt") as file:
        metadata: dict[str, str] = file.metadata() or {}
    return metadata.get("source_sha256")


def _list_keys(kind: str, keys: tuple[str, ...]) -> str:
    named = ", ".join(keys[:NAMED_KEYS])
    others = len(keys) - NAMED_KEYS
    return f"{kind}: {named}" + (f" and {others} more" if others > 0 else "")
