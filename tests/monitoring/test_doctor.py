"""Each check finds what is wrong, and says so only then."""

import socket
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from monitoring.doctor import (
    Level,
    check_elasticsearch,
    check_folder,
    check_packages,
    check_port,
    check_python,
)

HOST = "127.0.0.1"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("found", "level"),
    [((3, 10), Level.BROKEN), ((3, 11), Level.FINE), ((3, 14), Level.FINE), ((4, 0), Level.FINE)],
)
def test_an_old_python_is_found(found: tuple[int, int], level: Level) -> None:
    assert check_python(found).level is level


@pytest.mark.parametrize(
    ("pin", "needed", "keys"),
    [
        (f"typer=={version('typer')}", "typer", ["packages"]),
        ("typer==0.0.1", "typer>=0", ["packages_differ"]),
        ("no-such-package==1.0", "no-such-package[extra]", ["packages_missing"]),
        ("no-such-package==1.0", "typer", ["packages_differ"]),
        (
            "no-such-package==1.0\ntyper==0.0.1",
            "no-such-package",
            ["packages_missing", "packages_differ"],
        ),
    ],
    ids=["as pinned", "another version", "missing", "missing, for developers", "both"],
)
def test_packages_are_compared_with_the_pins(
    tmp_path: Path, pin: str, needed: str, keys: list[str]
) -> None:
    (tmp_path / "requirements.txt").write_text(f"# pins\n{pin}\n")
    (tmp_path / "pyproject.toml").write_text(f'[project]\ndependencies = ["{needed}"]\n')
    assert [finding.key for finding in check_packages(tmp_path)] == keys


def test_without_pins_nothing_is_compared(tmp_path: Path) -> None:
    assert [finding.key for finding in check_packages(tmp_path)] == ["pins_missing"]


def test_a_folder_that_can_be_made_is_fine_and_is_not_made(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "deep" / "data").level is Level.FINE
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    finding = check_folder(tmp_path / "data")
    assert finding.level is Level.BROKEN
    assert finding.facts["why"]


def test_a_taken_port_is_found_and_a_freed_one_is_free(taken_port: int) -> None:
    assert check_port(HOST, taken_port, setting="GLIP_PORT").level is Level.BROKEN
    assert check_port(HOST, 0, setting="GLIP_PORT").level is Level.FINE


def test_an_address_of_another_machine_is_found() -> None:
    assert check_port("192.0.2.1", 0, setting="GLIP_PORT").level is Level.BROKEN


def test_elasticsearch_that_answers_is_named_with_its_version() -> None:
    finding = check_elasticsearch("http://es:9200", lambda: "8.19.0")
    assert finding.level is Level.FINE
    assert finding.facts == {"url": "http://es:9200", "version": "8.19.0"}


def test_elasticsearch_that_does_not_is_no_reason_not_to_start() -> None:
    def fail() -> str:
        raise RuntimeError("refused: 401")

    finding = check_elasticsearch("http://es:9200", fail)
    assert finding.level is Level.ADVICE
    assert str(finding.facts["why"]) == "refused: 401"
