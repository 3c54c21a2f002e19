"""The bundled scenes can be drawn again, and what ships was drawn so."""

import json
from pathlib import Path

import pytest

from tests.training.builders import build_painter, needs_font
from training.example_scenes import EXAMPLES, Example
from training.examples import annotate_example, compose

FOLDER = Path(__file__).parents[2] / "examples"


@needs_font
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_shipped_annotations_are_those_of_the_plan(example: Example) -> None:
    lines = (FOLDER / "annotations.jsonl").read_text("utf-8").splitlines()
    shipped = [json.loads(line) for line in lines]
    scene, file = compose(example, build_painter()), f"{example.name}.jpg"
    drawn = [
        annotate_example(file, scene, example.english, example.answers_en),
        annotate_example(file, scene, example.chinese, example.answers_zh),
    ]
    assert json.loads(json.dumps(drawn)) == [line for line in shipped if line["image"] == file]


def test_pictures_are_twelve_small_and_all_there() -> None:
    assert len(EXAMPLES) == 12
    for example in EXAMPLES:
        assert (FOLDER / f"{example.name}.jpg").stat().st_size <= 150_000
