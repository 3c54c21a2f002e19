"""What a session asked before: its own alone, newest first, bounded."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.serving.samples import asker
from ui.history import MOST_KEPT, MOST_SESSIONS, Asked, History


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.jpg"
    path.touch()
    return path


def asked(name: str, picture: Path) -> Asked:
    return Asked(result_id=name, picture=picture, thumbnail=picture, caption=name)


def ids(history: History, name: str = "alice") -> list[str]:
    return [each.result_id for each in history.of(asker(name))]


def test_the_newest_is_first_and_the_oldest_gives_way(picture: Path) -> None:
    history = History()
    for number in range(MOST_KEPT + 2):
        history.add(asked(str(number), picture), asker())
    assert ids(history) == [str(number) for number in range(MOST_KEPT + 1, 1, -1)]


def test_each_session_sees_its_own(picture: Path) -> None:
    history = History()
    history.add(asked("hers", picture), asker("alice"))
    assert ids(history, "bob") == []
    assert history.find("hers", asker("bob")) is None
    assert history.find("hers", asker("alice")) == asked("hers", picture)


def test_what_has_no_picture_any_more_is_left_out(picture: Path) -> None:
    history = History()
    history.add(asked("kept", picture), asker())
    history.add(replace(asked("gone", picture), thumbnail=picture.parent / "gone.jpg"), asker())
    assert ids(history) == ["kept"]


def test_the_session_that_asked_longest_ago_is_forgotten(picture: Path) -> None:
    history = History()
    history.add(asked("first", picture), asker("first"))
    for number in range(MOST_SESSIONS):
        history.add(asked("other", picture), asker(f"s{number}"))
    assert ids(history, "first") == []
