"""What the service can load or have fetched: the catalogue, and the operator's own default."""

import ctypes
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from detection.detector import Detector
from detection.errors import UnknownModel
from models.catalogue import MODELS, ModelEntry
from models.fetching import Fetches
from serving.offers import Fetching, Offer
from texts import LANGUAGES, catalogue, say


class ModelStock:
    """Fulfils `serving.offers.Stock`. Knows no torch until a model is built."""

    def __init__(
        self,
        models_dir: Path,
        *,
        default_model: str,
        build: Callable[[str], Detector],
        fetches: Fetches,
    ) -> None:
        self._models_dir = models_dir
        self._default_model = default_model
        self._build = build
        self._fetches = fetches

    def offers(self) -> Sequence[Offer]:
        """The catalogue; and the default model, should it be the operator's own."""
        offers = [offer_of(entry, self._models_dir) for entry in MODELS.values()]
        if self._default_model not in MODELS:
            offers.append(Offer(name=self._default_model))
        return offers

    def build(self, name: str) -> Detector:
        return self._build(name)

    def reclaim(self) -> None:
        """Give the pages and the device memory of what was freed back."""
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()
        with suppress(OSError, AttributeError):  # another C library keeps its own house
            ctypes.CDLL("libc.so.6").malloc_trim(0)

    def fetch(self, name: str) -> None:
        if name not in MODELS:
            raise UnknownModel(model=name, known=", ".join(MODELS))
        self._fetches.start(name)

    def fetches(self) -> Mapping[str, Fetching]:
        return self._fetches.states()

    def close(self) -> None:
        self._fetches.close()


def offer_of(entry: ModelEntry, models_dir: Path) -> Offer:
    """What the catalogue and the folder say of a model."""
    knows = next(key for key in knowledge_keys(entry) if key in catalogue())
    return Offer(
        name=entry.name,
        languages=entry.languages,
        knows={language: say(knows, language) for language in LANGUAGES},
        licence={language: say(f"models.{entry.licence}", language) for language in LANGUAGES},
        source=entry.source,
        size=entry.size,
        missing=entry.list_missing(models_dir),
        memory_bytes=entry.estimate_memory(models_dir),
    )


def knowledge_keys(entry: ModelEntry) -> tuple[str, str]:
    """Where its family says what it knows: in texts/models.toml, or in a file of its own."""
    return f"models.{entry.family}_knows", f"{entry.family}.knows"
