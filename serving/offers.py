"""What could be asked besides the models that are loaded. Knows nothing of files or networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Protocol

from detection.detector import Detector, ModelCard
from texts import Language


class ModelState(StrEnum):
    """How far a model is from answering."""

    LOADED = auto()  # it answers
    LOADING = auto()  # it will, in a while
    INSTALLED = auto()  # its files are here; a question loads it
    FETCHING = auto()  # its files are on their way
    FETCHABLE = auto()  # its files are elsewhere; an admin can have them fetched
    FAILED = auto()  # its files are here, and could not be used


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What can be said of a model before it is loaded."""

    name: str
    languages: tuple[Language, ...] = ("en",)  # of prompts
    knows: Mapping[Language, str] = field(default_factory=dict)
    licence: Mapping[Language, str] = field(default_factory=dict)  # of the weights
    source: str = ""  # where the files come from
    size: str = ""  # of the weights, where it is published
    missing: tuple[str, ...] = ()  # files that are not here
    memory_bytes: int = 0  # about what it takes once it is loaded


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """How far the files of a model are, or what went wrong with them."""

    done_bytes: int = 0
    total_bytes: int = 0  # 0 while it is not known
    fault: Mapping[Language, str] = field(default_factory=dict)  # empty while all is well

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        return self.done_bytes / self.total_bytes if self.total_bytes else 0.0


class Stock(Protocol):
    """Where models come from."""

    def offers(self) -> Sequence[Offer]:
        """Every model that is known by name."""
        ...

    def build(self, name: str) -> Detector:
        """Build a model; takes a while. Raises ModelUnavailable and what building it raises."""
        ...

    def reclaim(self) -> None:
        """Give memory that is no longer used back to the machine."""
        ...

    def fetch(self, name: str) -> None:
        """Begin to fetch the files of a model, in the background. Raises UnknownModel."""
        ...

    def fetches(self) -> Mapping[str, Fetching]:
        """The fetches under way, and those that failed, by the model's name."""
        ...

    def close(self) -> None:
        """Stop what is being fetched; what has come is kept."""
        ...


class EmptyStock:
    """Offers nothing: for a service whose detectors are plugged in by hand."""

    def offers(self) -> Sequence[Offer]:
        return ()

    def build(self, name: str) -> Detector:
        raise KeyError(name)

    def reclaim(self) -> None:
        """Nothing is ever unloaded."""

    def fetch(self, name: str) -> None:
        raise KeyError(name)

    def fetches(self) -> Mapping[str, Fetching]:
        return {}

    def close(self) -> None:
        """Nothing is ever fetched."""


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """A model as whoever may choose it sees it."""

    offer: Offer
    state: ModelState
    is_default: bool = False
    revision: str = ""  # of its weights, once it is loaded
    card: ModelCard = field(default_factory=ModelCard)
    loading_s: float = 0.0  # how long it has been loading
    fetching: Fetching | None = None
    reason: str = ""  # why it could not be loaded, in English, for who runs the server

    @property
    def name(self) -> str:
        return self.offer.name
