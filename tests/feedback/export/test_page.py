"""What docs/export.md shows, runs; and it shows every format."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from feedback.export.formats import FormatName, write
from tests.feedback.export.ratings import PROVENANCE, everything, hostile_ratings

PAGE = (Path(__file__).parents[3] / "docs" / "export.md").read_text("utf-8")
CODE = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """Return what the page's code defines."""
    names: dict[str, Any] = {}
    exec(CODE, names)
    return names


@pytest.mark.parametrize("name", FormatName)
def test_every_format_has_a_row(name: FormatName) -> None:
    assert f"| `{name.value}` |" in PAGE


def test_comments_are_read_as_shown(shown: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"".join(write(FormatName.CSV, hostile_ratings(), PROVENANCE)))
    assert shown["comments_of"](str(path)) == [rating.comment for rating in hostile_ratings()]


def test_predictions_are_evaluated_as_shown(shown: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "ratings.coco.json"
    path.write_bytes(b"".join(write(FormatName.COCO, everything(), PROVENANCE)))
    with contextlib.redirect_stdout(io.StringIO()):
        precision = shown["evaluate"](str(path))
    assert 0 < precision < 1
