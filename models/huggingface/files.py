"""What a model's folder says about it: configuration and preprocessing. Nothing in it is run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.glip.checkpoint import CheckpointUnreadable

FOREIGN_CODE = ("auto_map", "trust_remote_code", "custom_pipelines")


@dataclass(frozen=True)
class ColourRules:
    """What colours are normalised by."""

    mean: tuple[float, ...]  # of R, G, B in 0…1
    std: tuple[float, ...]


@dataclass(frozen=True)
class PictureRules(ColourRules):
    """How a picture becomes the network's input."""

    shorter_side: int  # pixels, unless the longer side would exceed its limit
    longer_side: int


def read_config(folder: Path) -> dict[str, Any]:
    """Read `config.json`; raises CheckpointUnreadable, also for one that brings its own code."""
    config = _read_json(folder / "config.json")
    foreign = sorted(set(FOREIGN_CODE) & set(_list_keys(config)))
    if foreign:
        raise CheckpointUnreadable(f"{folder}: brings code of its own ({', '.join(foreign)})")
    return config


def read_picture_rules(folder: Path) -> PictureRules:
    """Read `preprocessor_config.json`; raises CheckpointUnreadable."""
    path = folder / "preprocessor_config.json"
    rules = _read_json(path)
    try:
        return PictureRules(
            shorter_side=int(rules["size"]["shortest_edge"]),
            longer_side=int(rules["size"]["longest_edge"]),
            mean=tuple(map(float, rules["image_mean"])),
            std=tuple(map(float, rules["image_std"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointUnreadable(f"{path}: no rules for pictures: {error!r}") from error


def read_colour_rules(folder: Path) -> ColourRules:
    """Read the colours' part of `preprocessor_config.json`; raises CheckpointUnreadable."""
    path = folder / "preprocessor_config.json"
    rules = _read_json(path)
    try:
        mean, std = (tuple(map(float, rules[name])) for name in ("image_mean", "image_std"))
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointUnreadable(f"{path}: no rules for pictures: {error!r}") from error
    return ColourRules(mean, std)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointUnreadable(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise CheckpointUnreadable(f"{path}: expected an object")
    return content


def _list_keys(content: Any) -> Iterator[str]:
    """Every key of an object, those of the objects in it included."""
    if isinstance(content, dict):
        yield from content
        content = list(content.values())
    if isinstance(content, list):
        for value in content:
            yield from _list_keys(value)
