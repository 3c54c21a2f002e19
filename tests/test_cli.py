"""What all commands have in common."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.calls import call

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("words", [("models",), ("users", "list"), ("detect", "a.jpg", "dog")])
def test_settings_that_cannot_be_used_are_named_by_every_command(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "a.jpg").touch()
    result = call(tmp_path, *words, GLIP_PORT="none")
    assert result.exit_code == 2
    assert "GLIP_PORT" in result.stderr


@pytest.mark.parametrize("words", [(), ("detect",)], ids=["all", "detect"])
def test_help_is_chinese_on_a_chinese_terminal(words: tuple[str, ...]) -> None:
    shown = subprocess.run(
        [sys.executable, "cli.py", *words, "--help"],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    assert "选项" in shown
    assert "Options" not in shown
