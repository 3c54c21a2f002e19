"""The socket a model is plugged into. Who calls a detector knows nothing about tensors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from texts import Language


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """What people should know about a model before they ask it."""

    score_floor: float = 0.05  # the lowest score it answers with; lower thresholds are refused
    default_threshold: float = 0.5
    languages: tuple[Language, ...] = ("en",)
    knows: Mapping[Language, str] = field(default_factory=dict)  # one quiet line a language


class Prepared(Protocol):
    """One image and prompt made ready for one detector: opaque to everybody else."""

    @property
    def image_digest(self) -> str: ...

    @property
    def prompt(self) -> Prompt: ...


class Detector(Protocol):
    """A grounded detector. It keeps no fact of a request: any number of threads may prepare."""

    @property
    def model_id(self) -> str: ...

    @property
    def revision(self) -> str:
        """Of the weights: part of every cache key."""

    @property
    def vocabulary(self) -> frozenset[str]:
        """Lower-case names the prompt parser must not split ("bow and arrow"); may be empty."""

    @property
    def card(self) -> ModelCard: ...

    def prepare(self, image: SourceImage, prompt: Prompt) -> Prepared:
        """Do the CPU work of one question; any thread."""

    # Sequence[Prepared] in words; Any, so that each detector may name its own Prepared here.
    def detect_batch(self, jobs: Sequence[Any]) -> list[Detections]:
        """Answer in the order of `jobs`, each as if it were alone; the model's own thread."""
