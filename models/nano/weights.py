"""The weights file: fp16 tensors; in its metadata tokenizer, calibration and vocabulary."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

WEIGHTS_FILE = Path(__file__).parents[1] / "weights" / "glip-nano.safetensors"


@dataclass(frozen=True)
class Calibration:
    """Raw score to probability: a logistic curve over the raw score's logit."""

    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5  # where precision and recall meet, as a probability

    def apply(self, raw: Tensor) -> Tensor:
        """Raw scores in 0…1 → probabilities, the same shape; the order stays."""
        return torch.sigmoid(self.slope * torch.logit(raw, eps=1e-6) + self.offset)

    def apply_to_array(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same for an array."""
        return np.asarray(self.apply(torch.from_numpy(raw)).numpy(), np.float32)


@dataclass(frozen=True)
class NanoWeights:
    """All that is needed to build the detector. ``revision`` follows from the file's contents."""

    tensors: Mapping[str, Tensor]  # as in the file, fp16 but for counters
    tokenizer_json: str
    vocabulary: frozenset[str]
    calibration: Calibration
    revision: str


def load_weights(path: Path = WEIGHTS_FILE) -> NanoWeights:
    """Read a weights file; raises FileNotFoundError or KeyError on what is not one."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    return NanoWeights(
        tensors,
        metadata["tokenizer"],
        frozenset(json.loads(metadata["vocabulary"])),
        Calibration(**json.loads(metadata["calibration"])),
        _derive_revision(tensors, metadata),
    )


def save_weights(
    path: Path,
    tensors: Mapping[str, Tensor],
    *,
    tokenizer_json: str,
    vocabulary: frozenset[str],
    calibration: Calibration,
) -> None:
    """Write a weights file in one move; floating tensors become fp16."""
    metadata = {
        "format": "pt",
        "tokenizer": tokenizer_json,
        "vocabulary": json.dumps(sorted(vocabulary), ensure_ascii=False),
        "calibration": json.dumps(asdict(calibration)),
    }
    narrow = {name: _narrow(tensor) for name, tensor in tensors.items()}
    draft = path.with_suffix(".draft")
    draft.write_bytes(save(narrow, metadata))
    draft.replace(path)


def _derive_revision(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> str:
    """Sixteen hex digits of a digest over everything in the file, in an order of its own."""
    digest = sha256(json.dumps(metadata, sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].numpy().tobytes())
    return digest.hexdigest()[:16]


def _narrow(tensor: Tensor) -> Tensor:
    tensor = tensor.half() if tensor.is_floating_point() else tensor
    return tensor.detach().cpu().contiguous()
