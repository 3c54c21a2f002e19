"""Files, folders and patterns on a command line."""

from pathlib import Path

import pytest

from detection.picture_files import find_pictures

TREE = (
    "a.jpg",
    "B.PNG",
    "notes.txt",
    "sub/c.webp",
    "sub/deep/d.jpeg",
    ".hidden/e.jpg",
    "out/a.png",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in TREE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", ["B.PNG", "a.jpg", "sub/c.webp", "sub/deep/d.jpeg"]),
        ("sub", ["sub/c.webp", "sub/deep/d.jpeg"]),
        ("*.jpg", ["a.jpg"]),
        ("*", ["B.PNG", "a.jpg", "sub/c.webp", "sub/deep/d.jpeg"]),
        ("**/*.jpeg", ["sub/deep/d.jpeg"]),
        ("sub/**", ["sub/c.webp", "sub/deep/d.jpeg"]),
        ("*.bmp", []),
        ("out", []),
        ("a.jpg", ["a.jpg"]),
        ("notes.txt", ["notes.txt"]),
        ("none.jpg", ["none.jpg"]),
    ],
)
def test_what_a_name_stands_for(folder: Path, name: str, found: list[str]) -> None:
    pictures = find_pictures(str(folder / name), leave_out=folder / "out")
    assert [path.relative_to(folder).as_posix() for path in pictures] == found


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(folder: Path) -> None:
    odd = folder / "a[1].jpg"
    odd.touch()
    assert find_pictures(str(odd)) == [odd]


def test_standard_input_stands_for_itself() -> None:
    assert find_pictures("-") == [Path("-")]
