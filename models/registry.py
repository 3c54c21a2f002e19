"""Which models there are, by name. Importing this loads none of them, nor torch."""

from collections.abc import Callable

from detection.detector import Detector
from detection.errors import UnknownModel


def build_detector(name: str, *, device: str = "auto") -> Detector:
    """Load the model called ``name`` on a device; raises UnknownModel."""
    if name not in _BUILDERS:
        raise UnknownModel(model=name, known=", ".join(NAMES))
    return _BUILDERS[name](device)


def _build_nano(device: str) -> Detector:
    from models.nano import load_nano  # noqa: PLC0415 - torch is only paid for when a model is built

    return load_nano(device)


_BUILDERS: dict[str, Callable[[str], Detector]] = {"glip-nano": _build_nano}
NAMES = tuple(_BUILDERS)
