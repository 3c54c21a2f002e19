"""The detectors that are plugged in, each with its batcher, least recently asked first."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from detection.detector import Detector, ModelCard
from serving.batcher import Batcher


@dataclass(frozen=True)
class PluggedModel:
    """A model one may ask, as others see it."""

    model_id: str
    revision: str
    card: ModelCard


@dataclass(frozen=True, eq=False)
class Plug:
    """A detector and the batcher whose thread it runs on."""

    detector: Detector
    batcher: Batcher
    memory_bytes: int = 0

    @property
    def model_id(self) -> str:
        return self.detector.model_id


class Plugs:
    """Finds the detector a question names. Safe to use from several threads."""

    def __init__(self, default_model: str) -> None:
        self._default_model = default_model
        self._plugs: dict[str, Plug] = {}
        self._leaving: set[Plug] = set()
        self._asked: Counter[Plug] = Counter()  # questions that are not answered yet
        self._changed = threading.Condition()

    def add(
        self,
        detector: Detector,
        build_batcher: Callable[[Detector], Batcher],
        memory_bytes: int = 0,
    ) -> None:
        """Plug a detector in. Raises ValueError when its name is taken."""
        with self._changed:
            if detector.model_id in self._plugs:
                raise ValueError(f"{detector.model_id} is plugged in already")
            plug = Plug(detector, build_batcher(detector), memory_bytes)
            self._plugs[detector.model_id] = plug

    def lease(self, name: str, future: Future[Any]) -> Plug | None:
        """Return the named plug, if it is there; it stays whole until `future` is done."""
        with self._changed:
            plug = self._plugs.pop(name, None)
            if plug is None:
                return None
            self._plugs[name] = plug  # now the most recently asked
            self._asked[plug] += 1
        future.add_done_callback(partial(self._give_back, plug))
        return plug

    def pull_idlest(self, keep: str) -> Plug | None:
        """Unplug the model that was not asked for longest, but neither the default nor `keep`."""
        with self._changed:
            spare = (name for name in self._plugs if name not in {self._default_model, keep})
            name = next(spare, None)
            if name is None:
                return None
            plug = self._plugs.pop(name)
            self._leaving.add(plug)
            return plug

    def drain(self, plug: Plug, timeout_s: float) -> None:
        """Let the questions a pulled plug was given be answered, then end its thread."""
        with self._changed:
            self._changed.wait_for(lambda: plug not in self._asked, timeout_s)
        plug.batcher.close(timeout_s)
        with self._changed:
            self._leaving.discard(plug)

    def has_default(self) -> bool:
        return self._default_model in self._plugs

    def names(self) -> list[str]:
        with self._changed:
            return list(self._plugs)

    def models(self) -> list[PluggedModel]:
        """Return what can be asked, the default model first, then by name."""
        with self._changed:
            models = [
                PluggedModel(plug.model_id, plug.detector.revision, plug.detector.card)
                for plug in self._plugs.values()
            ]
        default = self._default_model
        return sorted(models, key=lambda model: (model.model_id != default, model.model_id))

    def memory_bytes(self) -> int:
        """Return about what the plugged models take together."""
        return sum(plug.memory_bytes for plug in self._all())

    def waiting(self) -> int:
        """Return how many jobs wait for any model."""
        return sum(len(plug.batcher) for plug in self._all())

    def stuck_for_s(self) -> float:
        """Return the seconds the slowest model has been at its current batch."""
        return max((plug.batcher.stuck_for_s for plug in self._all()), default=0.0)

    def close(self, timeout_s: float) -> None:
        """Finish what is queued; after `timeout_s` seconds the rest fails with Overloaded."""
        for plug in self._all():
            plug.batcher.close(timeout_s)

    def _all(self) -> list[Plug]:
        with self._changed:
            return [*self._plugs.values(), *self._leaving]

    def _give_back(self, plug: Plug, _done: Future[Any]) -> None:
        with self._changed:
            self._asked[plug] -= 1
            if not self._asked[plug]:
                del self._asked[plug]
                self._changed.notify_all()
