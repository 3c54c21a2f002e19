"""What a start tells the person at the terminal."""

import pytest

from app import announce
from config import Settings


def test_passwords_are_told_once_and_only_once(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(_env_file=None)
    announce(settings, {"admin": "one-word", "guest": "another"})
    first = capsys.readouterr().out
    announce(settings, {})
    second = capsys.readouterr().out
    assert "one-word" in first
    assert "another" in first
    assert len(second.splitlines()) == 1
    assert f"http://{settings.host}:{settings.port}/" in second
