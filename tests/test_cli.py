"""The command line, as somebody at a terminal uses it."""

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from accounts.directory import UserDirectory
from accounts.user import Role, User
from cli import app

ROOT = Path(__file__).parent.parent
EXAMPLES = json.loads((ROOT / "examples" / "examples.json").read_text("utf-8"))
PASSWORD = "correct horse battery"


def run(data_dir: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=stdin, env={"GLIP_DATA_DIR": str(data_dir)})


def test_a_user_can_be_added_before_the_first_start(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "users",
        "add",
        "ann",
        "--role",
        "admin",
        "--password-stdin",
        stdin=f"{PASSWORD}\n",
    )
    assert result.exit_code == 0
    directory = UserDirectory(tmp_path / "glip.sqlite3")
    assert directory.verify("ann", PASSWORD) == User("ann", Role.ADMIN)
    directory.close()


def test_a_password_typed_otherwise_the_second_time_changes_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, "users", "add", "ann", stdin=f"{PASSWORD}\nsomething else\n")
    assert result.exit_code == 2
    assert "differ" in result.stderr
    assert run(tmp_path, "users", "list").stdout == ""


def test_users_are_listed_changed_and_removed(tmp_path: Path) -> None:
    run(tmp_path, "users", "add", "ann", "--password-stdin", stdin=PASSWORD)
    run(tmp_path, "users", "role", "ann", "admin")
    assert run(tmp_path, "users", "list").stdout == "admin\tann\n"
    assert run(tmp_path, "users", "remove", "ann").exit_code == 0
    assert run(tmp_path, "users", "list").stdout == ""


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("users", "add", "ann", "--password-stdin"), "short"),
        (("users", "add", "an n", "--password-stdin"), PASSWORD),
        (("users", "passwd", "nobody", "--password-stdin"), PASSWORD),
        (("users", "remove", "nobody"), ""),
    ],
    ids=["a short password", "a name with a space", "an unknown name", "removing nobody"],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...], stdin: str
) -> None:
    result = run(tmp_path, *words, stdin=stdin)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_detect_prints_the_answer_of_the_api(tmp_path: Path) -> None:
    example = EXAMPLES[0]
    file = ROOT / "examples" / example["file"]
    result = run(tmp_path, "detect", str(file), example["prompt"]["en"], "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["model_id"] == "glip-nano"
    assert answer["detections"]
    for found in answer["detections"]:
        assert example["prompt"]["en"][slice(*found["span"])] == found["phrase"]


@pytest.mark.parametrize("out", ["boxes.png", "boxes.jpg", "folder"])
def test_detect_draws_into_a_file_or_a_folder(tmp_path: Path, out: str) -> None:
    example = EXAMPLES[0]
    file = ROOT / "examples" / example["file"]
    target = tmp_path / out
    result = run(tmp_path, "detect", str(file), example["prompt"]["zh"], "--out", str(target))
    assert result.exit_code == 0
    drawn = target if target.is_file() else target / f"{file.stem}.png"
    with Image.open(drawn) as picture, Image.open(file) as original:
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
    example = str(ROOT / "examples" / EXAMPLES[0]["file"])
    result = run(tmp_path, "detect", *(word.format(example=example) for word in words))
    assert result.exit_code == code
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_a_picture_is_held_to_the_limits_of_the_settings(tmp_path: Path) -> None:
    example = ROOT / "examples" / EXAMPLES[0]["file"]
    settings = {"GLIP_DATA_DIR": str(tmp_path), "GLIP_MAX_IMAGE_BYTES": "1000"}
    result = CliRunner().invoke(app, ["detect", str(example), "dog"], env=settings)
    assert result.exit_code == 2
    assert "at most 1000" in result.stderr


def test_bench_compares_two_ways_twice(tmp_path: Path) -> None:
    result = run(tmp_path, "bench", "--rounds", "1", "--questions", "2")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("×") == 2
