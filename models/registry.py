"""From a name to a detector. Importing this loads no model, nor torch."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from detection.detector import Detector
from detection.errors import ModelNotInstalled, ModelUnavailable, UnknownModel
from models.catalogue import MODELS, Family, ModelEntry
from models.plugin import build_plugin, is_plugin
from texts import say

MODELS_DIR = Path("data/models")
NAMES = tuple(MODELS)
log = logging.getLogger("glip.models")


def build_detector(name: str, *, device: str = "auto", models_dir: Path = MODELS_DIR) -> Detector:
    """Load a model of the catalogue, or `module:Class`, the operator's own.

    "auto" takes CUDA when there is one. Raises UnknownModel, and ModelUnavailable where files are
    missing or cannot be used; the log says which.
    """
    if is_plugin(name):
        return build_plugin(name)
    if name not in MODELS:
        raise UnknownModel(model=name, known=", ".join(NAMES))
    entry = MODELS[name]
    require_files(entry, models_dir)
    return _BUILDERS[entry.family](entry, device, models_dir / entry.folder)


def require_files(entry: ModelEntry, models_dir: Path) -> None:
    """Raise ModelNotInstalled, whose facts fill `models.missing_files`, unless all files are there.

    Nothing is fetched: the server has no way out.
    """
    missing = entry.list_missing(models_dir)
    if not missing:
        return
    facts = {
        "model": entry.name,
        "files": ", ".join(missing),
        "folder": models_dir / entry.folder,
        "source": ", ".join(dict.fromkeys(map(entry.source_of, missing))),
    }
    log.error(say("models.missing_files", "en", **facts))
    raise ModelNotInstalled(**facts)


# Torch is only paid for when a model is built: what needs it is imported by the builders.
# ruff: noqa: PLC0415
def _build_nano(_entry: ModelEntry, device: str, _folder: Path) -> Detector:
    from models.nano.load import load_nano

    return load_nano(device)


def _build_glip(entry: ModelEntry, device: str, folder: Path) -> Detector:
    from models.devices import choose_device
    from models.glip.published import load_published

    with _refusals_said(entry.name):
        return load_published(entry.name, folder, device=choose_device(device))


def _build_grounding_dino(entry: ModelEntry, device: str, folder: Path) -> Detector:
    from models.devices import choose_device
    from models.huggingface.load import load_grounding_dino

    with _refusals_said(entry.name):
        return load_grounding_dino(entry.name, folder, device=choose_device(device))


def _build_owl(entry: ModelEntry, device: str, folder: Path) -> Detector:
    from models.devices import choose_device
    from models.huggingface.load import load_owl

    with _refusals_said(entry.name):
        return load_owl(entry.name, folder, device=choose_device(device))


@contextmanager
def _refusals_said(name: str) -> Iterator[None]:
    """Log why a checkpoint was refused, and raise ModelUnavailable for it."""
    from models.glip.checkpoint import CheckpointMismatch, CheckpointUnreadable

    try:
        yield
    except (CheckpointMismatch, CheckpointUnreadable) as error:
        log.error("%s: %s", name, error)  # noqa: TRY400 - the sentence says it all
        raise ModelUnavailable(model=name) from error


_BUILDERS: Mapping[Family, Callable[[ModelEntry, str, Path], Detector]] = {
    Family.NANO: _build_nano,
    Family.GLIP: _build_glip,
    Family.GROUNDING_DINO: _build_grounding_dino,
    Family.OWL: _build_owl,
}
