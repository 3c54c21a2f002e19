"""The soak itself; and the soak."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from feedback.record import Feedback
from tests.elastic import START, why_no_server
from tests.feedback.samples import some_feedback
from tools.soak_feedback import NO_SERVER, OK, Verdict, is_equal
from tools.soak_people import Opinion

ROOT = Path(__file__).parents[2]
SOUND = Verdict(
    acknowledged=3,
    lost=0,
    doubled=0,
    unequal=0,
    kills=1,
    waits_s=[0.01, 0.02, 0.5],
    repeats=2,
    drain_rate=700.4,
)


def soak(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.soak_feedback", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_without_a_server_nothing_passes_for_tested() -> None:
    done = soak("--ratings", "10", "--elasticsearch", "nowhere/start")
    assert done.returncode == NO_SERVER
    assert "nothing was tested: nowhere/start is not there" in done.stdout


def test_the_closing_line_says_all() -> None:
    assert str(SOUND) == (
        "soak: 3 acknowledged, 0 lost, 0 doubled, 0 bodies unequal; application and Elasticsearch "
        "killed 1 times each, 2 repeats; acknowledged p50 20 ms, p99 500 ms; drained 700/s"
    )


@pytest.mark.parametrize("fault", ["lost", "doubled", "unequal"])
def test_one_fault_is_enough(fault: str) -> None:
    assert SOUND.is_sound
    assert not replace(SOUND, **{fault: 1}).is_sound  # type: ignore[arg-type] # a count


@pytest.mark.parametrize(
    ("copied", "is_sound"),
    [
        (some_feedback(rating=3, comment="a"), True),
        (some_feedback(rating=4, comment="a"), False),
        (some_feedback(rating=3, comment="b"), False),
        (some_feedback(rating=3, comment="a", edit=2), False),
    ],
    ids=["as said", "rating", "comment", "stored twice"],
)
def test_a_copy_has_to_be_what_was_said(copied: Feedback, is_sound: bool) -> None:  # noqa: FBT001 - a table
    said = Opinion(copied.result_id, 3, "a")
    assert is_equal(said, copied, copied) == is_sound
    assert not is_equal(said, copied, replace(copied, user="another"))


@pytest.mark.slow
@pytest.mark.elasticsearch
def test_two_thousand_ratings_and_twenty_kills_lose_and_double_nothing() -> None:
    if why := why_no_server():
        pytest.skip(why)
    done = soak("--ratings", "2000", "--kills", "10", "--elasticsearch", str(START))
    assert done.returncode == OK, done.stdout + done.stderr
    assert re.match(r"soak: 2000 acknowledged, 0 lost, 0 doubled, 0 bodies", done.stdout)
