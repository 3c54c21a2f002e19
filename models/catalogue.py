"""What can be said of each model before it is loaded. Data alone; knows nothing of torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from texts import Language


class Family(StrEnum):
    """Models that are loaded alike."""

    NANO = "nano"
    GLIP = "glip"
    GROUNDING_DINO = "grounding_dino"
    OWL = "owl"


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
    files: tuple[str, ...] = ()  # the weights first
    sources: Mapping[str, str] = field(default_factory=dict)  # of files that come from elsewhere
    kept_bytes: int = 0  # bound of the features kept beside the weights

    def __hash__(self) -> int:
        return hash(self.name)

    def source_of(self, file: str) -> str:
        """The hub's id of the repository a file comes from."""
        return self.sources.get(file, self.source)

    def estimate_memory(self, models_dir: Path) -> int:
        """Bytes it takes once loaded, about: its weights, and the features it may keep."""
        if not self.files:
            return self.kept_bytes
        weights = models_dir / self.folder / self.files[0]
        found = [path for path in (weights.with_suffix(".safetensors"), weights) if path.is_file()]
        return self.kept_bytes + (found[0].stat().st_size if found else 0)

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
        sources={"vocab.txt": "google-bert/bert-base-uncased"},
        kept_bytes=272 * 2**20,
    )


def _grounding_dino(name: str, source: str, size: str = "") -> ModelEntry:
    return ModelEntry(
        name=name,
        family=Family.GROUNDING_DINO,
        licence="licence_apache",
        source=source,
        size=size,
        folder=name,
        files=("model.safetensors", "config.json", "preprocessor_config.json", "vocab.txt"),
        kept_bytes=256 * 2**20,
    )


_ENTRIES = (
    ModelEntry(
        name="glip-nano",
        family=Family.NANO,
        licence="licence_project",
        languages=("en", "zh"),
        size="9.2 MB",
        kept_bytes=64 * 2**20,
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
    ModelEntry(
        name="owlv2-base",
        family=Family.OWL,
        licence="licence_apache",
        source="google/owlv2-base-patch16-ensemble",
        folder="owlv2-base",
        files=(
            "model.safetensors",
            "config.json",
            "preprocessor_config.json",
            "vocab.json",
            "merges.txt",
        ),
        kept_bytes=256 * 2**20,
    ),
)
MODELS = {entry.name: entry for entry in _ENTRIES}
