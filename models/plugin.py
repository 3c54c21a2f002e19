"""`module:Class`: anyone's own Detector, by its import path.

Imports and calls foreign code. Names come from the operator (settings, command line), never from
a request.
"""

import logging
from collections.abc import Iterator
from importlib import import_module

from detection.detector import Detector, ModelCard
from detection.errors import ModelUnavailable

log = logging.getLogger("glip.models")


class PluginUnfit(Exception):
    """The object does not fulfil `detection.Detector`; the message says where."""


def is_plugin(name: str) -> bool:
    """Whether a model's name is an import path."""
    return ":" in name


def build_plugin(name: str) -> Detector:
    """Import `module:Class`, call the class without arguments, and check what comes back.

    Raises ModelUnavailable; the log says why, with the way to it.
    """
    module, _, attribute = name.partition(":")
    try:
        detector: Detector = getattr(import_module(module), attribute)()
        check_plugin(detector, name)
    except Exception as error:  # foreign code may raise whatever it likes
        log.exception("%s cannot be plugged in", name)
        raise ModelUnavailable(model=name) from error
    return detector


def check_plugin(detector: object, name: str) -> None:
    """Raise PluginUnfit, naming every fault, unless `detector` may be plugged in as `name`."""
    faults = list(_find_faults(detector, name))
    if faults:
        raise PluginUnfit("; ".join(faults))


def _find_faults(detector: object, name: str) -> Iterator[str]:
    model_id = getattr(detector, "model_id", None)
    if model_id != name:  # requests and cached answers find a model by its id
        yield f"model_id: expected {name!r}, got {model_id!r}"
    for attribute, kind in (("revision", str), ("vocabulary", frozenset), ("card", ModelCard)):
        value = getattr(detector, attribute, None)
        if not isinstance(value, kind):
            yield f"{attribute}: expected a {kind.__name__}, got {value!r}"
    for method in ("prepare", "detect_batch"):
        if not callable(getattr(detector, method, None)):
            yield f"{method}: expected a method"
