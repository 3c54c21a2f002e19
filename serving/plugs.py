"""The detectors that are plugged in, each with its batcher."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from detection.detector import Detector, ModelCard
from detection.errors import ModelUnavailable, UnknownModel
from serving.batcher import Batcher


@dataclass(frozen=True)
class PluggedModel:
    """A model one may ask, as others see it."""

    model_id: str
    revision: str
    card: ModelCard


@dataclass(frozen=True)
class Plug:
    """A detector and the batcher whose thread it runs on."""

    detector: Detector
    batcher: Batcher


class Plugs:
    """Finds the detector a question names. Safe to use from several threads."""

    def __init__(self, default_model: str) -> None:
        self._default_model = default_model
        self._plugs: dict[str, Plug] = {}
        self._lock = threading.Lock()

    def add(self, detector: Detector, build_batcher: Callable[[Detector], Batcher]) -> None:
        """Plug a detector in. Raises ValueError when its name is taken."""
        with self._lock:
            if detector.model_id in self._plugs:
                raise ValueError(f"{detector.model_id} is plugged in already")
            plug = Plug(detector, build_batcher(detector))
            self._plugs = self._plugs | {detector.model_id: plug}

    def choose(self, model: str | None) -> Plug:
        """Return the named model's plug, or the default one's.

        Raises UnknownModel, or ModelUnavailable while the default model is still loading.
        """
        plugs = self._plugs
        name = model or self._default_model
        if name in plugs:
            return plugs[name]
        if name == self._default_model:
            raise ModelUnavailable(model=name)
        raise UnknownModel(model=name, known=", ".join(plugs))

    def has_default(self) -> bool:
        return self._default_model in self._plugs

    def models(self) -> list[PluggedModel]:
        """Return what can be asked, the default model first."""
        models = [
            PluggedModel(plug.detector.model_id, plug.detector.revision, plug.detector.card)
            for plug in self._plugs.values()
        ]
        return sorted(models, key=lambda model: model.model_id != self._default_model)

    def waiting(self) -> int:
        """Return how many jobs wait for any model."""
        return sum(len(plug.batcher) for plug in self._plugs.values())

    def stuck_for_s(self) -> float:
        """Return the seconds the slowest model has been at its current batch."""
        return max((plug.batcher.stuck_for_s for plug in self._plugs.values()), default=0.0)

    def close(self, timeout_s: float) -> None:
        """Finish what is queued; after `timeout_s` seconds the rest fails with Overloaded."""
        for plug in self._plugs.values():
            plug.batcher.close(timeout_s)
