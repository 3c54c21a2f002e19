"""`cli.py doctor`, `cli.py models` and `--help`."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from models.catalogue import MODELS

ROOT = Path(__file__).parent.parent


def invoke(data_dir: Path, *words: str, **settings: str) -> Result:
    paths = {"GLIP_DATA_DIR": str(data_dir), "GLIP_MODELS_DIR": str(data_dir / "models")}
    free = {"GLIP_PORT": "0", "GLIP_METRICS_PORT": "0"}
    return CliRunner().invoke(app, list(words), env=paths | free | settings)


def test_a_sound_installation_has_nothing_to_mend(tmp_path: Path) -> None:
    result = invoke(tmp_path, "doctor")
    assert result.exit_code == 0, result.output
    assert "✗" not in result.stdout


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"GLIP_MODEL": "nobody"}, "nobody"),
        ({"GLIP_MODEL": "glip-tiny"}, "vocab.txt"),
        ({"GLIP_PORT": "none"}, "GLIP_PORT"),
        ({"GLIP_ALLOWED_HOSTS": "not json"}, "GLIP_ALLOWED_HOSTS"),
        ({"GLIP_DATA_DIR": __file__}, "GLIP_DATA_DIR"),
        ({"GLIP_HOST": "192.0.2.1"}, "192.0.2.1"),
        ({"GLIP_DEVICE": "cuda:99"}, "cuda:99"),
    ],
    ids=["model", "files of a model", "setting", "list", "folder", "address", "device"],
)
def test_what_is_wrong_is_named_with_the_way_to_mend_it(
    tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    result = invoke(tmp_path, "doctor", **settings)
    assert result.exit_code == 1
    ill = result.stdout[result.stdout.index("✗") :]
    assert named in ill
    assert "→" in ill


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        result = invoke(tmp_path, "doctor", GLIP_METRICS_PORT=port)
    assert result.exit_code == 1
    assert "GLIP_METRICS_PORT" in result.stdout


def test_doctor_leaves_nothing_behind(tmp_path: Path) -> None:
    invoke(tmp_path / "data", "doctor")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("models",), ("users", "list"), ("detect", "a.jpg", "dog")])
def test_settings_that_cannot_be_used_are_named_by_every_command(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "a.jpg").touch()
    result = invoke(tmp_path, *words, GLIP_PORT="none")
    assert result.exit_code == 2
    assert "GLIP_PORT" in result.stderr


def test_models_lists_all_and_marks_what_is_installed(tmp_path: Path) -> None:
    result = invoke(tmp_path, "models")
    assert result.exit_code == 0
    first = result.stdout.splitlines()[0]
    assert first.startswith("glip-nano (installed, ")
    assert "English, Chinese" in result.stdout
    assert result.stdout.count("(not installed)") == len(MODELS) - 1


def test_an_installed_model_says_what_it_knows(tmp_path: Path) -> None:
    entry = MODELS["grounding-dino-tiny"]
    for name in entry.files:
        path = tmp_path / "models" / entry.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert f"{entry.name} (installed)\n  This model knows" in invoke(tmp_path, "models").stdout


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


def test_models_is_listed_without_torch() -> None:
    code = """
import sys
from cli import app
app(["models"], standalone_mode=False)
sys.exit("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
