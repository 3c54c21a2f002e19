"""A folder of answers that can be continued after any interruption."""

from pathlib import Path

import pytest

from api.batch import Batch, Failure
from api.formats import Format
from api.journal import Journal
from tests.fakes import FakeDetector, image_bytes

TEXT = "dog . cat"


def answer_into(folder: Path, *files: Path) -> Journal:
    journal = Journal(folder)
    batch = Batch(FakeDetector(), text=TEXT, threshold=0.3, journal=journal)
    for file in batch.pending(files):
        assert not isinstance(batch.answer(file), Failure)
    return journal


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.png"
    path.parent.mkdir()
    path.write_bytes(image_bytes())
    return path


def test_what_was_answered_is_held_by_the_next_journal(tmp_path: Path, picture: Path) -> None:
    answer_into(tmp_path / "out", picture)
    assert Journal(tmp_path / "out").holds(picture.as_posix())


def test_standard_input_is_never_held(tmp_path: Path) -> None:
    batch = Batch(
        FakeDetector(), text=TEXT, journal=Journal(tmp_path), read=lambda _path: image_bytes()
    )
    batch.answer(Path("-"))
    assert batch.pending([Path("-")]) == [Path("-")]
    assert (tmp_path / "stdin.png").exists()


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path, picture: Path) -> None:
    second = picture.with_name("b.png")
    second.write_bytes(image_bytes(colour=(0, 0, 9)))
    journal = answer_into(tmp_path / "out", picture, second)
    data = journal.path.read_bytes()
    journal.path.write_bytes(data[:-20])
    assert not Journal(tmp_path / "out").holds(second.as_posix())
    continued = answer_into(tmp_path / "out", picture, second)
    assert [answer.file for answer in continued.answers] == [picture.as_posix(), second.as_posix()]
    assert Journal(tmp_path / "out").answers == continued.answers


def test_a_picture_is_never_drawn_over_a_file_that_is_there(picture: Path) -> None:
    journal = answer_into(picture.parent, picture)
    assert picture.read_bytes() == image_bytes()
    assert journal.answers[0].drawn == "a-2.png"


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ({}, True),
        ({"prompt": "a dog"}, False),
        ({"model_id": "other"}, False),
        ({"revision": "2"}, False),
        ({"threshold": 0.4}, False),
    ],
    ids=["the same", "text", "model", "revision", "threshold"],
)
def test_one_folder_holds_answers_to_one_question(
    tmp_path: Path, picture: Path, change: dict[str, object], *, alike: bool
) -> None:
    journal = answer_into(tmp_path / "out", picture)
    question = {"prompt": TEXT, "model_id": "fake", "revision": "1", "threshold": 0.3}
    assert journal.asks_alike(**question | change) is alike  # type: ignore[arg-type] # a table's values


def test_another_file_of_that_name_is_not_a_journal(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text('{"mine": 1}\n')
    with pytest.raises(ValueError, match="file"):
        Journal(tmp_path)


def test_exporting_lines_leaves_the_journal_as_it_is(tmp_path: Path, picture: Path) -> None:
    journal = answer_into(tmp_path / "out", picture)
    before = journal.path.read_bytes()
    assert journal.export(Format.JSONL) == journal.path
    assert journal.export(Format.COCO).name == "results.coco.json"
    assert journal.path.read_bytes() == before
