"""What can be said of each model before it is loaded. Data alone; knows nothing of torch."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from texts import Language


class Family(StrEnum):
    """Models that are loaded alike."""

    NANO = "nano"
    GLIP = "glip"
    GROUNDING_DINO = "grounding_dino"


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """One model: what it reads, on which terms, and which files it needs from where."""

    name: str
    family: Family
    licence: str  # of the weights: an entry of texts/models.toml
    languages: tuple[Language, ...] = ("en",)  # of prompts
    source: str = ""  # id on the Hugging Face hub
    size: str = ""  # of the weights, where it is published
    folder: str = ""  # inside the models folder
    files: tuple[str, ...] = ()

    def list_missing(self, models_dir: Path) -> tuple[str, ...]:
        """The files that are not there; converted weights stand in for a published file."""
        paths = [models_dir / self.folder / name for name in self.files]
        return tuple(
            path.name
            for path in paths
            if not (path.is_file() or path.with_suffix(".safetensors").is_file())
        )


def _glip(name: str, file: str, size: str = "") -> ModelEntry:
    return ModelEntry(
        name=name,
        family=Family.GLIP,
        licence="licence_unstated",
        source="GLIPModel/GLIP",
        size=size,
        folder="glip",
        files=(file, "vocab.txt"),
    )


def _grounding_dino(name: str, source: str, size: str = "") -> ModelEntry:
    return ModelEntry(
        name=name,
        family=Family.GROUNDING_DINO,
        licence="licence_apache",
        source=source,
        size=size,
        folder=name,
        files=("config.json", "preprocessor_config.json", "model.safetensors", "vocab.txt"),
    )


_ENTRIES = (
    ModelEntry(
        name="glip-nano",
        family=Family.NANO,
        licence="licence_project",
        languages=("en", "zh"),
        size="9.2 MB",
    ),
    _glip("glip-tiny-a", "glip_a_tiny_o365.pth", "2.43 GB"),
    _glip("glip-tiny-b", "glip_tiny_model_o365.pth"),
    _glip("glip-tiny-c", "glip_tiny_model_o365_goldg.pth"),
    _glip("glip-tiny", "glip_tiny_model_o365_goldg_cc_sbu.pth"),
    _glip("glip-large", "glip_large_model.pth", "6.9 GB"),
    _grounding_dino("grounding-dino-tiny", "IDEA-Research/grounding-dino-tiny"),
    _grounding_dino("grounding-dino-base", "IDEA-Research/grounding-dino-base", "933 MB"),
    _grounding_dino(
        "mm-grounding-dino-tiny", "openmmlab-community/mm_grounding_dino_tiny_o365v1_goldg_v3det"
    ),
    _grounding_dino("llmdet-tiny", "iSEE-Laboratory/llmdet_tiny"),
)
MODELS = {entry.name: entry for entry in _ENTRIES}
