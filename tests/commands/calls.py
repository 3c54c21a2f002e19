"""A command, called as somebody at a terminal does."""

from pathlib import Path

from typer.testing import CliRunner, Result

from cli import app


def call(data_dir: Path, *words: object, stdin: str = "", **settings: str) -> Result:
    """Call `cli.py` with these words; its data and models lie in `data_dir`."""
    paths = {"GLIP_DATA_DIR": str(data_dir), "GLIP_MODELS_DIR": str(data_dir / "models")}
    return CliRunner().invoke(app, [*map(str, words)], input=stdin, env=paths | settings)
