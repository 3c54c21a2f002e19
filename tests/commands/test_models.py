"""`cli.py models`."""

import subprocess
import sys
from pathlib import Path

from models.catalogue import MODELS
from tests.commands.calls import call

ROOT = Path(__file__).parents[2]


def test_models_lists_all_and_marks_what_is_installed(tmp_path: Path) -> None:
    result = call(tmp_path, "models")
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
    assert f"{entry.name} (installed)\n  This model knows" in call(tmp_path, "models").stdout


def test_models_is_listed_without_torch() -> None:
    code = """
import sys
from cli import app
app(["models"], standalone_mode=False)
sys.exit("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
