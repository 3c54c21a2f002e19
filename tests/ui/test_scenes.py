"""The bundled scenes are whole."""

import json
from pathlib import Path

import pytest

from detection.image import SourceImage
from detection.prompt import Prompt
from texts import LANGUAGES
from ui.scenes import load_scenes

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_there_are_twelve_and_each_can_be_asked_about() -> None:
    scenes = load_scenes(EXAMPLES)
    assert len(scenes) == 12
    for scene in scenes:
        assert SourceImage.from_bytes(scene.path.read_bytes()).width >= 320
        for language in LANGUAGES:
            assert scene.credits[language]
            assert Prompt.parse(scene.prompts[language]).phrases


def test_a_scene_without_a_language_is_refused(tmp_path: Path) -> None:
    entry = {"file": "a.jpg", "prompt": {"en": "a dog"}, "credit": {"en": "us", "zh": "我们"}}
    (tmp_path / "examples.json").write_text(json.dumps([entry]), "utf-8")
    with pytest.raises(KeyError, match="zh"):
        load_scenes(tmp_path)
