"""`cli.py feedback`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.outbox import Letter, Outbox
from feedback.record import Feedback
from feedback.sqlite import SqliteFeedbackStore
from tests.commands.calls import call
from tests.feedback.samples import some_feedback
from utils.clock import SystemClock

URL = {"GLIP_ELASTICSEARCH_URL": "http://127.0.0.1:9"}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    outbox = Outbox(tmp_path / "glip.sqlite3", clock=SystemClock())
    yield outbox
    outbox.close()


@pytest.fixture
def rating(tmp_path: Path) -> Feedback:
    store = SqliteFeedbackStore(tmp_path / "glip.sqlite3", clock=SystemClock())
    rating = store.record(some_feedback(at=SystemClock().now()))
    store.close()
    return rating


@pytest.fixture
def dead(outbox: Outbox, rating: Feedback) -> Feedback:
    letter = Letter(id=rating.id, edit=rating.edit, feedback=rating)
    outbox.bury([(letter, "no such\nfield")])
    return rating


def test_without_elasticsearch_nothing_waits(tmp_path: Path, rating: Feedback) -> None:
    result = call(tmp_path, "feedback", "status")
    assert result.exit_code == 0, result.output
    assert rating.edit == 1
    assert "SQLite alone" in result.stdout
    assert "Waiting" not in result.stdout


def test_the_status_counts_what_waits_and_what_was_refused(tmp_path: Path, dead: Feedback) -> None:
    assert "Waiting: 0" in call(tmp_path, "feedback", "status", **URL).stdout
    assert dead.id in call(tmp_path, "feedback", "dead-letters", "list").stdout
    call(tmp_path, "feedback", "resend")
    shown = call(tmp_path, "feedback", "status", **URL).stdout
    assert "Waiting: 1, the oldest for" in shown
    assert "Refused for good: 0" in shown


def test_a_refused_rating_takes_one_line_with_its_reason(tmp_path: Path, dead: Feedback) -> None:
    (line,) = call(tmp_path, "feedback", "dead-letters", "list").stdout.splitlines()
    assert line.startswith(dead.id)
    assert line.endswith('"no such\\nfield"')


def test_a_refused_rating_is_shown_whole(tmp_path: Path, dead: Feedback) -> None:
    shown = json.loads(call(tmp_path, "feedback", "dead-letters", "show", dead.id).stdout)
    assert shown["reason"] == "no such\nfield"
    assert shown["rating"]["comment"] == dead.comment


@pytest.mark.parametrize("which", ["one", "all"])
def test_a_refused_rating_is_sent_again(
    tmp_path: Path, outbox: Outbox, dead: Feedback, which: str
) -> None:
    word = dead.id if which == "one" else "--all"
    assert "1 ratings" in call(tmp_path, "feedback", "dead-letters", "retry", word).stdout
    assert outbox.backlog().count == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nobody"), "nobody"),
        (("retry", "nobody"), "nobody"),
        (("retry",), "--all"),
        (("retry", "nobody", "--all"), "--all"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = call(tmp_path, "feedback", "dead-letters", *words)
    assert result.exit_code == 2
    assert said in result.stderr
