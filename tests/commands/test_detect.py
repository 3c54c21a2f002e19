"""`cli.py detect` on one picture."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.commands.calls import call

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = json.loads((EXAMPLES / "examples.json").read_text("utf-8"))[0]
PICTURE, PROMPT = EXAMPLES / EXAMPLE["file"], EXAMPLE["prompt"]


def test_detect_prints_the_answer_of_the_api(tmp_path: Path) -> None:
    result = call(tmp_path, "detect", PICTURE, PROMPT["en"], "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["model_id"] == "glip-nano"
    assert answer["detections"]
    for found in answer["detections"]:
        assert PROMPT["en"][slice(*found["span"])] == found["phrase"]


@pytest.mark.parametrize("out", ["boxes.png", "boxes.jpg", "folder"])
def test_detect_draws_into_a_file_or_a_folder(tmp_path: Path, out: str) -> None:
    target = tmp_path / out
    result = call(tmp_path, "detect", PICTURE, PROMPT["zh"], "--out", target)
    assert result.exit_code == 0
    drawn = target if target.is_file() else target / f"{PICTURE.stem}.png"
    with Image.open(drawn) as picture, Image.open(PICTURE) as original:
        assert picture.size == original.size


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("no-such-file.jpg", "dog"), 1),
        ((__file__, "dog"), 2),
        (("{example}", " . "), 2),
        (("{example}", "dog", "--threshold", "7"), 2),
        (("{example}", "dog", "--model", "nobody"), 2),
        (("{example}", "dog", "--out", "boxes.exe"), 2),
    ],
    ids=["no file", "not a picture", "no phrase", "threshold", "model", "suffix"],
)
def test_bad_input_has_a_sentence_and_a_status(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    result = call(tmp_path, "detect", *(word.format(example=PICTURE) for word in words))
    assert result.exit_code == code
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_a_picture_is_held_to_the_limits_of_the_settings(tmp_path: Path) -> None:
    result = call(tmp_path, "detect", PICTURE, "dog", GLIP_MAX_IMAGE_BYTES="1000")
    assert result.exit_code == 2
    assert "at most 1000" in result.stderr
