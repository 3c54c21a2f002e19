"""The bundled scenes: pictures with a prompt in each language."""

import json
from dataclasses import dataclass
from pathlib import Path

from texts import LANGUAGES, Language


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One bundled picture, what to ask about it, and who made it."""

    path: Path
    prompts: dict[Language, str]
    credits: dict[Language, str]


def load_scenes(folder: Path) -> tuple[Scene, ...]:
    """Read `examples.json`. Raises KeyError or OSError where the folder is not what we ship."""
    entries = json.loads((folder / "examples.json").read_text("utf-8"))
    return tuple(
        Scene(
            path=folder / entry["file"],
            prompts={language: entry["prompt"][language] for language in LANGUAGES},
            credits={language: entry["credit"][language] for language in LANGUAGES},
        )
        for entry in entries
    )
