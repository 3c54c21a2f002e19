"""One question to many files."""

from pathlib import Path

import pytest

from api.batch import BAD_INPUT, FAILED, OK, Batch, Failure, status_of
from detection.errors import ImageBroken, ImageFormat
from tests.fakes import FakeDetector, image_bytes

FILES = {"a.png": image_bytes(), "b.png": b"not a picture", "c.png": image_bytes(colour=(0, 9, 9))}
NO_PICTURE = Failure("b", ImageFormat())
NO_FILE = Failure("b", FileNotFoundError(2, "No such file"))


def read(path: Path) -> bytes:
    return FILES[path.name]


def test_a_file_that_fails_does_not_stop_the_rest() -> None:
    batch = Batch(FakeDetector(), text="dog", read=read)
    answers = [batch.answer(Path(name)) for name in FILES]
    assert [isinstance(answer, Failure) for answer in answers] == [False, True, False]
    assert [failure.file for failure in batch.failures] == ["b.png"]


def test_a_file_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    answer = Batch(FakeDetector(), text="dog").answer(tmp_path / "none.png")
    assert isinstance(answer, Failure)
    assert isinstance(answer.error, FileNotFoundError)


@pytest.mark.parametrize(
    ("failures", "done", "status"),
    [
        ([], 0, OK),
        ([], 3, OK),
        ([NO_PICTURE], 3, FAILED),
        ([NO_FILE], 3, FAILED),
        ([NO_FILE], 0, FAILED),
        ([NO_PICTURE, NO_FILE], 0, FAILED),
        ([NO_PICTURE, Failure("c", ImageBroken())], 0, BAD_INPUT),
    ],
)
def test_the_status_says_whether_anything_could_be_done(
    failures: list[Failure], done: int, status: int
) -> None:
    assert status_of(failures, done) == status
