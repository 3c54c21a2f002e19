"""The papers tell the truth: settings, routes, series, commands and rooms are all written down."""

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from api.errors import STATUS, status_of
from config import Settings
from detection import errors
from detection.errors import GlipError
from texts import LANGUAGES, catalogue

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
API = (ROOT / "docs" / "api.md").read_text("utf-8")
PAPERS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GlipError) and kind is not GlipError
]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    default = field.get_default()
    shown = "" if default == () else str(default)
    row = f"| `GLIP_{name.upper()}` | `{shown}` | {field.description} |".replace("| `` |", "| |")
    assert row in (ROOT / "docs" / "configuration.md").read_text("utf-8")


def test_readme_commands_are_targets() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = set(re.findall(r"^make ([a-z-]+)", README, re.MULTILINE))
    assert commands
    assert commands <= targets


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = (
        [
            re.sub(r"'.*?'|\".*?\"", "…", block)
            for block in re.findall(r"```.*?```", text, re.DOTALL)
        ]
        for text in (README, (ROOT / "README.zh-CN.md").read_text("utf-8"))
    )
    assert english == chinese


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_link_leads_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", paper.read_text("utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_every_paper_can_be_found_from_another() -> None:
    linked = {
        (paper.parent / link).resolve()
        for paper in PAPERS
        for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+\.md)", paper.read_text("utf-8"))
    }
    pages = set((ROOT / "docs").glob("*.md"))
    assert [page.name for page in sorted(pages - linked)] == []


def test_every_room_has_a_line_and_every_line_a_room() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    lines = re.findall(
        r"^\| `(\w+)/` \|", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.MULTILINE
    )
    assert rooms <= set(lines)
    assert all((ROOT / line).is_dir() for line in lines)


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_a_status_and_a_line(kind: type[GlipError]) -> None:
    assert f"errors.{kind.key}" in catalogue() or kind.__subclasses__()
    assert f"| {status_of(kind)} | `{kind.key}` |" in API or kind.__subclasses__()
    assert kind.__name__ in (errors.__doc__ or "")


def test_the_status_table_names_only_our_errors() -> None:
    assert set(STATUS) <= set(ERRORS)


@pytest.mark.parametrize("key", catalogue())
def test_every_sentence_has_both_languages_and_the_same_facts(key: str) -> None:
    sentence = catalogue()[key]
    facts = [
        {name for _, name, _, _ in Formatter().parse(sentence[language]) if name}
        for language in LANGUAGES
    ]
    words = re.sub(r"\{.*?\}|\b[A-Z]+\b", "", sentence["zh"])  # formats have one name everywhere
    assert set(sentence) == set(LANGUAGES)
    assert facts[0] == facts[1]
    assert re.search(r"[一-鿿]", words) or not re.search(r"[A-Za-z]{4}", words)


def test_every_pin_is_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    pinned = {
        line.split("==")[0].lower() for line in (ROOT / "requirements.txt").read_text().splitlines()
    }
    missing = [name for name in named if re.split(r"[<>=\[ ]", name)[0].lower() not in pinned]
    assert missing == []
