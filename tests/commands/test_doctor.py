"""`cli.py doctor`."""

import socket
from pathlib import Path

import pytest
from typer.testing import Result

from tests.commands.calls import call


def diagnose(data_dir: Path, **settings: str) -> Result:
    """Call it for ports that are free."""
    return call(data_dir, "doctor", **{"GLIP_PORT": "0", "GLIP_METRICS_PORT": "0"} | settings)


def test_a_sound_installation_has_nothing_to_mend(tmp_path: Path) -> None:
    result = diagnose(tmp_path)
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
    result = diagnose(tmp_path, **settings)
    assert result.exit_code == 1
    ill = result.stdout[result.stdout.index("✗") :]
    assert named in ill
    assert "→" in ill


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        result = diagnose(tmp_path, GLIP_METRICS_PORT=port)
    assert result.exit_code == 1
    assert "GLIP_METRICS_PORT" in result.stdout


def test_doctor_leaves_nothing_behind(tmp_path: Path) -> None:
    diagnose(tmp_path / "data")
    assert list(tmp_path.iterdir()) == []
