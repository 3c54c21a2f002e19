"""Models come when they are asked for and leave when others need their room; answers go on.

Each load has a thread of its own; one builds at a time, so that two never compete for memory.
"""

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from detection.detector import Detector
from detection.errors import ModelLoading, ModelNotInstalled, ModelUnavailable, UnknownModel
from monitoring.metrics import Metrics
from serving.offers import Offer, Stock
from serving.plugs import Plugs
from utils.clock import Clock

ASK_AGAIN_S = 5.0  # what who asks for a model that is being loaded is told to wait
FORGET_FAILURE_S = 60.0  # after that long a question tries again
DRAIN_S = 30.0  # what the last questions of a leaving model get

_log = logging.getLogger("glip.models")


@dataclass(frozen=True)
class Load:
    """A load under way, or one that failed."""

    since: float  # of the monotonic clock: when it began, or failed
    reason: str = ""  # of the failure, in English, for who runs the server


class TooLargeToLoad(Exception):
    """The model would not fit, whatever left."""


class ModelLoader:
    """Builds models in the background, within `max_bytes` (0: no bound). Thread-safe.

    `plug_in` is given each detector and about what it takes. The default model is loaded however
    large it is, and never leaves.
    """

    def __init__(
        self,
        stock: Stock,
        plugs: Plugs,
        *,
        plug_in: Callable[[Detector, int], None],
        default_model: str,
        max_bytes: int,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._stock = stock
        self._plugs = plugs
        self._plug_in = plug_in
        self._default_model = default_model
        self._max_bytes = max_bytes
        self._metrics = metrics
        self._clock = clock
        self._loading: dict[str, Load] = {}
        self._failed: dict[str, Load] = {}
        self._lock = threading.Lock()
        self._builds_alone = threading.Lock()
        self._is_closed = threading.Event()

    def loading(self) -> dict[str, float]:
        """Seconds each model that is being loaded has been so."""
        now = self._clock.monotonic()
        with self._lock:
            return {name: now - load.since for name, load in self._loading.items()}

    def failed(self) -> dict[str, str]:
        """Why models could not be loaded, in English, for who runs the server."""
        with self._lock:
            return {name: load.reason for name, load in self._failed.items()}

    def refusal(self, name: str) -> ModelUnavailable | UnknownModel:
        """Begin to load what can be loaded; return what is to be told to who asked for it."""
        offers = {offer.name: offer for offer in self._stock.offers()}
        if name not in offers and name != self._default_model:
            known = dict.fromkeys([*self._plugs.names(), *offers])
            return UnknownModel(model=name, known=", ".join(known))
        if name in offers and offers[name].missing:
            return ModelNotInstalled(model=name, source=offers[name].source)
        is_loading = name in self.loading()
        if not is_loading and (name not in offers or self._has_just_failed(name)):
            return ModelUnavailable(model=name)
        self.start(name)
        return ModelLoading(model=name, retry_after_s=ASK_AGAIN_S)

    def start(self, name: str) -> None:
        """Load a model, unless it is there or on its way."""
        with self._lock:
            if self._is_closed.is_set() or name in self._loading or name in self._plugs.names():
                return
            self._loading[name] = Load(self._clock.monotonic())
            self._failed.pop(name, None)
        threading.Thread(target=self._load, args=(name,), name="load", daemon=True).start()

    def close(self) -> None:
        """Begin no other load; one under way is dropped when it is done."""
        self._is_closed.set()

    def _load(self, name: str) -> None:
        _log.info("loading %s", name)
        try:
            with self._builds_alone:
                self._build(name)
        except Exception as error:  # noqa: BLE001 - whatever a model raises, the others answer on
            _log.exception("could not load %s", name)
            self._note(name, failure=_say_why(error))
        else:
            self._note(name)

    def _build(self, name: str) -> None:
        if self._is_closed.is_set():
            return
        self._make_room(name, self._find_need(name))
        started = self._clock.monotonic()
        detector = self._stock.build(name)
        if self._is_closed.is_set():
            return
        took_s = self._clock.monotonic() - started
        self._metrics.model_load_duration.observe(took_s)
        self._plug_in(detector, self._find_need(name))  # loading may have found out more
        del detector
        self._make_room(name, 0)
        _log.info("ready: %s, after %.1f s", name, took_s)

    def _make_room(self, name: str, need: int) -> None:
        """Let models leave until `need` bytes are free. Raises TooLargeToLoad."""
        while self._max_bytes and self._plugs.memory_bytes() + need > self._max_bytes:
            if not self._unload_idlest(keep=name):
                if not need or name == self._default_model:
                    return
                raise TooLargeToLoad(
                    f"about {need} bytes needed beside the default model; "
                    f"GLIP_MODELS_BYTES is {self._max_bytes}"
                )

    def _unload_idlest(self, keep: str) -> bool:
        plug = self._plugs.pull_idlest(keep)
        if plug is None:
            return False
        name = plug.model_id
        self._plugs.drain(plug, DRAIN_S)
        del plug
        gc.collect()  # answered questions hold their model in cycles
        self._stock.reclaim()
        self._metrics.models_unloaded.inc()
        _log.info("unloaded: %s", name)
        return True

    def _find_need(self, name: str) -> int:
        offer = next(
            (offer for offer in self._stock.offers() if offer.name == name), Offer(name="")
        )
        return offer.memory_bytes

    def _has_just_failed(self, name: str) -> bool:
        with self._lock:
            failure = self._failed.get(name)
        return failure is not None and self._clock.monotonic() < failure.since + FORGET_FAILURE_S

    def _note(self, name: str, failure: str = "") -> None:
        with self._lock:
            self._loading.pop(name, None)
            if failure:
                self._failed[name] = Load(self._clock.monotonic(), failure)


def _say_why(error: Exception) -> str:
    """Return the innermost sentence: what we raise for callers seldom says what happened."""
    cause = error.__cause__ or error
    return str(cause) or type(cause).__name__
