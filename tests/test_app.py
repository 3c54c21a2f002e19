"""Start-up, and what ends the process."""

from dataclasses import dataclass
from threading import Event
from typing import cast

import pytest

from app import EXIT_HUNG, announce, watch_model
from config import Settings
from serving.service import DetectionService


@dataclass
class Model:
    """A service whose batch has been running for a while."""

    stuck_for_s: float


@pytest.mark.parametrize(
    ("stuck_for_s", "ended"), [(130.0, [EXIT_HUNG]), (110.0, [])], ids=["hung", "slow"]
)
def test_only_a_hung_model_ends_the_process(stuck_for_s: float, ended: list[int]) -> None:
    class Closing(Event):
        """Ends the watch after its second look."""

        looks = 0

        def wait(self, timeout: float | None = None) -> bool:
            self.looks += 1
            return self.looks > 2

    left: list[int] = []
    service = cast("DetectionService", Model(stuck_for_s))
    watch_model(service, hang_exit_s=120.0, closing=Closing(), leave=left.append)
    assert left == ended


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
