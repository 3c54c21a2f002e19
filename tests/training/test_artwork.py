"""Drawings in iconify packages."""

import pytest

from training.artwork import find_drawing

PACKAGE = {
    "width": 36,
    "height": 36,
    "icons": {"dog": {"body": "<path/>"}},
    "aliases": {"hound": {"parent": "dog"}},
}


@pytest.mark.parametrize(("name", "is_there"), [("dog", True), ("hound", True), ("cat", False)])
def test_find_drawing(name: str, *, is_there: bool) -> None:
    drawing = find_drawing(name, PACKAGE)
    assert (drawing is not None) is is_there
    assert drawing is None or ('viewBox="0 0 36 36"' in drawing and "<path/>" in drawing)
