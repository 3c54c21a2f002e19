"""Every model one may choose: asked, loaded or fetched by its name, and how far each is."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from detection.detector import Detector, ModelCard
from detection.errors import ModelLoading
from monitoring.metrics import Metrics
from serving.batcher import Batcher
from serving.loading import ModelLoader
from serving.offers import ModelState, ModelStatus, Offer, Stock
from serving.plugs import Plug, PluggedModel, Plugs
from texts import Language
from utils.clock import Clock


class ModelShelf:
    """Hands out plugs by name; what is not plugged in yet comes in the background. Thread-safe."""

    def __init__(
        self,
        stock: Stock,
        *,
        default_model: str,
        max_bytes: int,
        build_batcher: Callable[[Detector], Batcher],
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._stock = stock
        self._default_model = default_model
        self._build_batcher = build_batcher
        self._plugs = Plugs(default_model)
        self._loader = ModelLoader(
            stock,
            self._plugs,
            plug_in=self.plug,
            default_model=default_model,
            max_bytes=max_bytes,
            metrics=metrics,
            clock=clock,
        )
        metrics.queue_depth.labels(queue="model").set_function(self._plugs.waiting)
        metrics.models_loaded.set_function(lambda: len(self._plugs.names()))
        metrics.models_bytes.set_function(self._plugs.memory_bytes)

    def plug(self, detector: Detector, memory_bytes: int = 0) -> None:
        """Offer a detector, on a thread of its own. Raises ValueError when its name is taken."""
        self._plugs.add(detector, self._build_batcher, memory_bytes)

    def choose(self, model: str | None, future: Future[Any]) -> Plug:
        """Return the plug of the named model, or the default one, whole until `future` is done.

        Raises UnknownModel; and ModelUnavailable, once loading has begun where that is possible.
        """
        name = model or self._default_model
        plug = self._plugs.lease(name, future)
        if plug is None:
            raise self._loader.refusal(name)
        return plug

    def load_default(self) -> None:
        """Begin to load the default model; a failure leaves the house open, and unready."""
        self._loader.start(self._default_model)

    def load(self, name: str) -> None:
        """Begin to load a model, unless it is there. Raises what a question would be told."""
        if name not in self._plugs.names():
            refusal = self._loader.refusal(name)
            if not isinstance(refusal, ModelLoading):
                raise refusal

    def fetch(self, name: str) -> None:
        """Begin to fetch the files of a model. Raises UnknownModel."""
        self._stock.fetch(name)

    def languages_of(self, name: str) -> tuple[Language, ...]:
        """Return what a model reads, loaded or not; of a stranger, what most read."""
        loaded = {model.model_id: model.card.languages for model in self.loaded()}
        if name in loaded:  # spares every answer a look at the files of all models
            return loaded[name]
        statuses = (status for status in self.statuses() if status.name == name)
        return next((status.card.languages for status in statuses), ModelCard().languages)

    def has_default(self) -> bool:
        """Whether the default model answers."""
        return self._plugs.has_default()

    def loaded(self) -> list[PluggedModel]:
        """Return what answers now, the default model first."""
        return self._plugs.models()

    def stuck_for_s(self) -> float:
        """Return the seconds the slowest model has been at its current batch."""
        return self._plugs.stuck_for_s()

    def statuses(self) -> list[ModelStatus]:
        """Return every model one may choose, the default one first."""
        plugged = {model.model_id: model for model in self.loaded()}
        offers = {offer.name: offer for offer in self._stock.offers()}
        for name, model in plugged.items():
            offers.setdefault(name, _offer_of(model))
        statuses = [self._describe(offer, plugged.get(offer.name)) for offer in offers.values()]
        return sorted(statuses, key=lambda status: not status.is_default)

    def close(self) -> None:
        """Begin nothing new; what is loaded goes on answering."""
        self._loader.close()
        self._stock.close()

    def close_plugs(self, timeout_s: float) -> None:
        """Finish what is queued; after `timeout_s` seconds the rest fails with Overloaded."""
        self._plugs.close(timeout_s)

    def _describe(self, offer: Offer, plugged: PluggedModel | None) -> ModelStatus:
        loading_s = self._loader.loading().get(offer.name)
        fetching = self._stock.fetches().get(offer.name)
        reason = self._loader.failed().get(offer.name, "")
        if plugged is not None:
            state = ModelState.LOADED
        elif loading_s is not None:
            state = ModelState.LOADING
        elif fetching is not None and not fetching.fault:
            state = ModelState.FETCHING
        elif offer.missing:
            state = ModelState.FETCHABLE
        else:
            state = ModelState.FAILED if reason else ModelState.INSTALLED
        return ModelStatus(
            offer=offer,
            state=state,
            is_default=offer.name == self._default_model,
            revision=plugged.revision if plugged else "",
            card=plugged.card if plugged else ModelCard(languages=offer.languages),
            loading_s=loading_s or 0.0,
            fetching=fetching,
            reason=reason,
        )


def _offer_of(model: PluggedModel) -> Offer:
    """What can be said of a model that nobody offered: one that was plugged in by hand."""
    card = model.card
    return Offer(name=model.model_id, languages=card.languages, knows=card.knows)
