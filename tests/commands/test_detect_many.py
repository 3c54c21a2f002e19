"""`cli.py detect` on more than one picture."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXT = "dog . a red circle"


def detect(*words: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["detect", *map(str, words)], input=stdin)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two pictures, one of them in a folder of its own."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    shutil.copy(EXAMPLES / "pets.jpg", folder)
    shutil.copy(EXAMPLES / "band.jpg", folder / "more")
    return folder


def files_of(text: str) -> list[str]:
    return [Path(json.loads(line)["file"]).name for line in text.splitlines()]


@pytest.mark.parametrize("names", [["."], ["**/*.jpg"], ["more/*", "pets.jpg", "pets.jpg"]])
def test_folders_and_patterns_and_files_are_asked_once_each(photos: Path, names: list[str]) -> None:
    result = detect(*(photos / name for name in names), TEXT, "--format", "jsonl")
    assert result.exit_code == 0
    assert sorted(files_of(result.stdout)) == ["band.jpg", "pets.jpg"]


def test_a_broken_picture_is_told_and_the_rest_goes_on(photos: Path) -> None:
    (photos / "a.png").write_bytes(b"not a picture")
    result = detect(photos, TEXT, "--format", "jsonl")
    assert result.exit_code == 1
    assert files_of(result.stdout) == ["band.jpg", "pets.jpg"]
    assert "a.png" in result.stderr


@pytest.mark.parametrize("form", ["json", "coco", "csv"])
def test_standard_output_holds_the_document_alone(photos: Path, form: str) -> None:
    result = detect(photos, TEXT, "--format", form)
    assert result.exit_code == 0
    if form == "csv":
        assert result.stdout.startswith("file,phrase,")
    else:
        read = json.loads(result.stdout)
        assert len(read["images"] if form == "coco" else read) == 2


def test_the_same_command_again_continues(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert detect(photos / "pets.jpg", TEXT, "--out", out).exit_code == 0
    first = (out / "results.jsonl").read_text("utf-8")
    result = detect(photos, TEXT, "--out", out, "--format", "coco")
    assert result.exit_code == 0
    assert "1 answered, 1 skipped" in result.stderr
    assert (out / "results.jsonl").read_text("utf-8").startswith(first)
    assert {path.name for path in out.glob("*.png")} == {"pets.png", "band.png"}
    assert len(json.loads((out / "results.coco.json").read_text("utf-8"))["images"]) == 2


def test_drawings_below_the_pictures_are_not_asked_about(photos: Path) -> None:
    words = (photos, TEXT, "--out", photos / "found", "--format", "json")
    detect(*words)
    result = detect(*words)
    assert result.exit_code == 0
    assert "0 answered, 2 skipped" in result.stderr


def test_a_picture_comes_from_standard_input() -> None:
    picture = (EXAMPLES / "pets.jpg").read_bytes()
    result = detect("-", "the dog", "--format", "jsonl", stdin=picture)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["file"] == "-"


def test_json_is_the_answer_of_the_api_alone() -> None:
    answer = json.loads(detect(EXAMPLES / "pets.jpg", TEXT, "--json").stdout)
    assert next(iter(answer)) == "result_id"
    assert "file" not in answer


def test_tables_stand_under_the_name_of_their_file(photos: Path) -> None:
    lines = detect(photos / "pets.jpg", photos / "more", TEXT).stdout.splitlines()
    assert str(photos / "pets.jpg") in lines
    assert str(photos / "more" / "band.jpg") in lines


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["{photos}", TEXT, "--json"], 2),
        (["{photos}", TEXT, "--out", "{photos}/boxes.png"], 2),
        (["{photos}/pets.jpg", TEXT, "--json", "--format", "csv"], 2),
        (["{photos}/pets.jpg", TEXT, "--format", "xml"], 2),
        (["{photos}/*.bmp", TEXT], 2),
        (["{photos}/*.bmp", "{photos}/pets.jpg", TEXT], 1),
        (["{photos}/none.jpg", "{photos}/pets.jpg", TEXT], 1),
        (["{photos}/pets.jpg"], 2),
        (["{photos}/pets.jpg", TEXT, "--model", "glip-large"], 2),
    ],
    ids=[
        "one answer for many",
        "one drawing for many",
        "two forms",
        "no such form",
        "nothing matches",
        "one of two matches nothing",
        "one of two is missing",
        "no text",
        "a model that is not installed",
    ],
)
def test_statuses(photos: Path, words: list[str], code: int) -> None:
    result = detect(*(word.format(photos=photos) for word in words))
    assert result.exit_code == code
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_a_folder_with_answers_to_another_question_is_refused(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    detect(photos / "pets.jpg", TEXT, "--out", out)
    before = (out / "results.jsonl").read_bytes()
    result = detect(photos, "another thing", "--out", out)
    assert result.exit_code == 2
    assert (out / "results.jsonl").read_bytes() == before
