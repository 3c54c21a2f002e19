"""The command line speaks of itself in the language of the terminal, and names what was wrong."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from cli import app

ROOT = Path(__file__).parents[2]
ASK = """
import json, sys
from typer.testing import CliRunner
from cli import app
asked = json.loads(sys.argv[1])
answers = [CliRunner().invoke(app, words) for words in asked]
print(json.dumps([[one.exit_code, one.output, one.stderr] for one in answers]))
"""
REFUSALS: Mapping[str, tuple[list[str], str, str]] = {
    "no such command": (["detct"], "Did you mean “detect”?", "是否想用“detect”？"),
    "nothing like a command": (["xyzzy"], "There is no command “xyzzy”.", "没有命令“xyzzy”。"),
    "no such option": (
        ["detect", "a.jpg", "dog", "--treshold", "1"],
        "There is no option --treshold. Did you mean --threshold?",
        "没有选项 --treshold，是否想用 --threshold？",
    ),
    "argument missing": (["detect"], "PATH is missing.", "缺少 PATH。"),
    "not a number": (
        ["detect", "a.jpg", "dog", "--threshold", "high"],
        "--threshold does not take this; it takes <float>.",
        "--threshold 的值不对，应为 <float>。",
    ),
    "not one of them": (
        ["detect", "a.jpg", "dog", "--format", "xml"],
        "it takes <json|jsonl|coco|csv>.",
        "应为 <json|jsonl|coco|csv>。",
    ),
    "option without value": (["detect", "a", "b", "--out"], "--out needs a value.", "--out 需要"),
    "flag with value": (["detect", "a", "b", "--json=1"], "--json takes no", "--json 不接受值。"),
    "too many": (["users", "remove", "a", "b"], "More than is expected: b", "多余的参数：b"),
}


def commands_of(group: TyperGroup, *path: str) -> Iterator[list[str]]:
    """Yield the words of every command and group, `--help` last."""
    yield [*path, "--help"]
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands_of(command, *path, name)
        else:
            yield [*path, name, "--help"]


def help_pages() -> list[list[str]]:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return list(commands_of(group))


@cache
def chinese_answers() -> Mapping[tuple[str, ...], tuple[int, str, str]]:
    """What a Chinese terminal shows for every help page and refusal; asked in one process."""
    asked = [*help_pages(), *(words for words, _, _ in REFUSALS.values())]
    shown = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(asked)],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1", "COLUMNS": "60"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    answers = json.loads(shown)
    return {tuple(words): tuple(answer) for words, answer in zip(asked, answers, strict=True)}


@pytest.mark.parametrize("words", help_pages(), ids=" ".join)
def test_a_chinese_help_page_has_no_english_sentence(words: list[str]) -> None:
    status, page, _ = chinese_answers()[tuple(words)]
    assert status == 0
    assert "用法：" in page
    assert "…" not in page.replace("GLIP_…", ""), "a cell was cut off"
    rest = page.replace(" ".join(["root", *words[:-1]]), "")
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", rest)


@pytest.mark.parametrize("words", help_pages(), ids=" ".join)
def test_every_help_page_says_how_to_use_it(words: list[str]) -> None:
    page = CliRunner().invoke(app, words)
    assert page.exit_code == 0
    assert "Usage: " in page.output
    assert "Show this page." in page.output


@pytest.mark.parametrize(("words", "english", "chinese"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_names_what_was_wrong(words: list[str], english: str, chinese: str) -> None:
    result = CliRunner().invoke(app, words, env={"COLUMNS": "100"})
    assert result.exit_code == 2
    assert english in unwrapped(result.stderr)
    status, _, told = chinese_answers()[tuple(words)]
    assert status == 2
    assert chinese.replace(" ", "") in unwrapped(told).replace(" ", "")


def unwrapped(panel: str) -> str:
    """A refusal as one line, without the frame around it."""
    return " ".join(line.strip("│ ") for line in panel.splitlines())
