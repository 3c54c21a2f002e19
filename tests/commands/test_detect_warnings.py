"""`cli.py detect` says what a model cannot read, beside the answer."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from tests.commands.english_only import EnglishOnly
from tests.fakes import image_bytes


@pytest.mark.parametrize(
    ("text", "warned"), [("一只狗", True), ("a dog", False)], ids=["Chinese", "English"]
)
def test_chinese_for_an_english_model_is_warned_of(
    text: str, tmp_path: Path, *, warned: bool
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(image_bytes())
    words = ["detect", str(picture), text, "--model", EnglishOnly.model_id, "--threshold", "0.1"]
    result = CliRunner().invoke(app, words, env={"GLIP_DATA_DIR": str(tmp_path)})
    assert result.exit_code == 0
    assert ("mean nothing" in result.stderr) is warned
    assert text in result.stdout
