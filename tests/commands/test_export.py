"""`cli.py export`, as somebody at a terminal uses it."""

import json
import stat
from contextlib import closing
from pathlib import Path

import pytest

from feedback.export.formats import FORMATS, FormatName
from feedback.sqlite import SqliteFeedbackStore
from tests.commands.calls import call
from tests.fakes import FakeClock
from tests.feedback.export.ratings import asked, everything


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five ratings, two of them alike but for who gave them."""
    folder = tmp_path_factory.mktemp("data")
    with closing(SqliteFeedbackStore(folder / "glip.sqlite3", clock=FakeClock())) as store:
        for feedback in everything():
            store.record(feedback)
    return folder


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("name", FormatName)
def test_every_format_is_a_file_for_its_owner_alone(
    data_dir: Path, tmp_path: Path, name: FormatName
) -> None:
    path = tmp_path / f"ratings{FORMATS[name].suffix}"
    result = call(data_dir, "export", "--format", name.value, "--out", str(path))
    assert result.exit_code == 0
    assert f"{path} (5 " in result.stderr
    assert path.stat().st_size > 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_filters_choose(data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    words = ("--user", "bob", "--rating", "2", "--rating", "5", "--since", "2026-01-01")
    call(data_dir, "export", "--format", "jsonl", "--out", str(path), *words)
    assert [line["user"] for line in lines_of(path)] == ["bob"]
    assert lines_of(path)[0]["export"]["filter"]["user"] == "bob"  # type: ignore[index]


def test_into_a_folder_the_file_is_named_by_its_time(data_dir: Path, tmp_path: Path) -> None:
    assert call(data_dir, "export", "--format", "coco", "--out", str(tmp_path)).exit_code == 0
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("glip-feedback-20")
    assert path.name.endswith(".coco.json")


def test_standard_output_holds_nothing_but_the_file(data_dir: Path) -> None:
    result = call(data_dir, "export", "--format", "jsonl", "--out", "-")
    assert len([json.loads(line) for line in result.stdout.splitlines()]) == 5


def test_a_file_that_is_there_is_replaced_whole(data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    path.write_text("older")
    call(data_dir, "export", "--format", "jsonl", "--out", str(path))
    assert len(lines_of(path)) == 5


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--format", "pdf"), 2),
        ((), 2),
        (("--format", "csv", "--rating", "6"), 2),
        (("--format", "csv", "--since", "yesterday"), 2),
        (("--format", "csv", "--out", "/nowhere/to/be/found.csv"), 1),
    ],
    ids=["format", "none", "rating", "since", "no such folder"],
)
def test_what_cannot_be_done_is_said(data_dir: Path, words: tuple[str, ...], status: int) -> None:
    result = call(data_dir, "export", *words)
    assert result.exit_code == status
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_an_export_that_fails_leaves_the_older_file(tmp_path: Path) -> None:
    with closing(SqliteFeedbackStore(tmp_path / "glip.sqlite3", clock=FakeClock())) as store:
        store.record(asked())
        with store._database.transaction() as connection:
            connection.execute("UPDATE feedback SET detections = '{'")
    path = tmp_path / "ratings.jsonl"
    path.write_text("older")
    assert call(tmp_path, "export", "--format", "jsonl", "--out", str(path)).exit_code == 1
    assert path.read_text() == "older"
    assert not list(tmp_path.glob(".ratings*"))
