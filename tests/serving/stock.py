"""A stock of fake models, whose building can be watched and held."""

import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detection.detector import ModelCard
from serving.offers import Fetching, Offer
from tests.fakes import FakeDetector
from tests.serving.samples import PATIENCE_S, Door


def await_loads() -> None:
    """Wait until nothing is being loaded."""
    for thread in threading.enumerate():
        if thread.name == "load":
            thread.join(PATIENCE_S)


@dataclass
class FakeStock:
    """Builds FakeDetectors; `before_build` runs on the loading thread: wait there, or raise."""

    known: dict[str, Offer] = field(default_factory=dict)
    built: list[str] = field(default_factory=list)
    alive: list[weakref.ref[FakeDetector]] = field(default_factory=list)
    under_way: dict[str, Fetching] = field(default_factory=dict)
    before_build: Callable[[Any], None] | None = None
    before_batch: Callable[[Sequence[Any]], None] | None = None
    reclaimed: int = 0

    def offers(self) -> Sequence[Offer]:
        return tuple(self.known.values())

    def build(self, name: str) -> FakeDetector:
        self.built.append(name)
        if self.before_build is not None:
            self.before_build(name)
        card = ModelCard(languages=self.known[name].languages)
        detector = FakeDetector(model_id=name, card=card, before_batch=self.before_batch)
        self.alive.append(weakref.ref(detector))
        return detector

    def hold_builds(self) -> Door:
        """Hold every build at a door."""
        door = Door()
        self.before_build = door
        return door

    def reclaim(self) -> None:
        self.reclaimed += 1

    def fetch(self, name: str) -> None:
        self.under_way[name] = Fetching()

    def fetches(self) -> Mapping[str, Fetching]:
        return self.under_way

    def close(self) -> None:
        self.under_way.clear()
