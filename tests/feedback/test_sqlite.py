import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from detection.errors import NotSaved
from feedback.record import Feedback
from feedback.sqlite import SqliteFeedbackStore
from tests.fakes import FakeClock
from tests.feedback.samples import MISSED, VERDICTS, some_feedback

ROOT = Path(__file__).parents[2]
LATER = timedelta(minutes=1)
UNSENT = "SELECT id, edit FROM feedback WHERE edit > sent_edit"


def removed(store: SqliteFeedbackStore) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store._database.select("SELECT * FROM feedback_removed")]


def test_a_rating_comes_back_as_it_was_given(store: SqliteFeedbackStore) -> None:
    feedback = some_feedback()
    assert store.record(feedback) == feedback
    assert store.of_result(feedback.session_id, feedback.result_id) == feedback


def test_an_opinion_without_stars_comes_back_as_it_was_given(store: SqliteFeedbackStore) -> None:
    feedback = some_feedback(rating=None, verdicts=VERDICTS, missed=MISSED, image_kept=True)
    assert store.record(feedback) == feedback
    assert store.of_session(feedback.session_id) == [feedback]


def test_rating_again_replaces_and_raises_the_edit(store: SqliteFeedbackStore) -> None:
    first = some_feedback(rating=1)
    store.record(first)
    second = replace(first, rating=5, comment="better", at=first.at + LATER)
    assert store.record(second) == replace(second, edit=2)
    assert store.of_session(first.session_id) == [replace(second, edit=2)]


def test_the_same_rating_twice_is_one_rating(store: SqliteFeedbackStore) -> None:
    feedback = store.record(some_feedback())
    assert store.record(replace(feedback, at=feedback.at + LATER)) == feedback


@pytest.mark.parametrize(
    "change",
    [
        {"rating": None, "verdicts": VERDICTS},
        {"comment": "worse"},
        {"threshold": 0.25},
        {"verdicts": VERDICTS[:1]},
        {"verdicts": ()},
        {"missed": MISSED[:1]},
        {"image_kept": True},
    ],
    ids="+".join,
)
def test_any_change_is_an_edit_and_replaces_everything(
    store: SqliteFeedbackStore, change: dict[str, Any]
) -> None:
    first = store.record(some_feedback(verdicts=VERDICTS, missed=MISSED))
    changed = replace(first, **change)
    assert store.record(changed) == replace(changed, edit=2)
    assert store.of_session(first.session_id) == [replace(changed, edit=2)]


def test_an_edit_has_to_be_sent_again(store: SqliteFeedbackStore) -> None:
    feedback = store.record(some_feedback())
    with store._database.transaction() as connection:
        connection.execute("UPDATE feedback SET sent_edit = edit")
    store.record(replace(feedback, rating=1))
    assert [tuple(row) for row in store._database.select(UNSENT)] == [(feedback.id, 2)]


def test_a_rating_taken_back_is_gone_and_remembered_by_its_id_alone(
    store: SqliteFeedbackStore, clock: FakeClock
) -> None:
    feedback = store.record(some_feedback())
    assert store.remove(feedback.session_id, feedback.result_id)
    assert store.of_session(feedback.session_id) == []
    assert removed(store) == [(feedback.id, 2, clock.now().timestamp(), 0)]
    assert not store.remove(feedback.session_id, feedback.result_id)


def test_rating_again_after_taking_back_counts_on(store: SqliteFeedbackStore) -> None:
    feedback = store.record(some_feedback())
    store.remove(feedback.session_id, feedback.result_id)
    assert store.record(feedback).edit == 3  # the removal was the second
    assert removed(store) == []
    assert [tuple(row) for row in store._database.select(UNSENT)] == [(feedback.id, 3)]


def test_forgetting_a_session_removes_all_its_ratings_and_no_other(
    store: SqliteFeedbackStore,
) -> None:
    for number in range(3):
        store.record(some_feedback(result_id=f"{number:032}"))
    other = store.record(some_feedback(session_id="b" * 32))
    assert store.forget_session("a" * 32) == 3
    assert store.of_session("a" * 32) == []
    assert store.of_session("b" * 32) == [other]
    assert len(removed(store)) == 3
    assert store.forget_session("a" * 32) == 0


def test_sessions_see_only_their_own(store: SqliteFeedbackStore) -> None:
    mine = store.record(some_feedback(session_id="a" * 32))
    store.record(some_feedback(session_id="b" * 32))
    assert store.of_session("a" * 32) == [mine]
    assert store.of_result("c" * 32, mine.result_id) is None


def test_a_session_s_ratings_come_oldest_first(store: SqliteFeedbackStore) -> None:
    newer = some_feedback(result_id="1" * 32)
    older = some_feedback(result_id="2" * 32, at=newer.at - LATER)
    store.record(newer)
    store.record(older)
    assert store.of_session(newer.session_id) == [older, newer]


def test_a_full_disk_is_said_and_gets_over(store: SqliteFeedbackStore) -> None:
    connection = store._database.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    many = (some_feedback(result_id=f"{number:032}", comment="x" * 2000) for number in range(50))
    acknowledged: list[Feedback] = []
    with pytest.raises(NotSaved):
        acknowledged.extend(map(store.record, many))
    acknowledged.sort(key=lambda feedback: feedback.id)
    assert store.of_session("a" * 32) == acknowledged
    connection.execute("PRAGMA max_page_count = 100000")
    store.record(some_feedback())
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_commit_waits_for_the_disk(store: SqliteFeedbackStore) -> None:
    full = 2
    assert store._database.connection.execute("PRAGMA synchronous").fetchone()[0] == full


def test_sixteen_threads_lose_nothing_and_double_nothing(store: SqliteFeedbackStore) -> None:
    barrier = threading.Barrier(16)

    def rate(number: int) -> None:
        barrier.wait(timeout=10)
        for turn in range(5):
            store.record(some_feedback(result_id=f"{number:032}"))
            store.record(some_feedback(result_id="f" * 32, comment=f"{number} {turn}"))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(rate, range(16)))
    shared = store.of_result("a" * 32, "f" * 32)
    assert shared is not None
    assert shared.edit == 16 * 5
    assert len(store.of_session("a" * 32)) == 16 + 1


RECORDER = """
import sys
from pathlib import Path
from feedback.sqlite import SqliteFeedbackStore
from tests.feedback.samples import some_feedback
from utils.clock import SystemClock
store = SqliteFeedbackStore(Path(sys.argv[1]), clock=SystemClock())
for number in range(100_000):
    result_id = f"{number:032}"
    store.record(some_feedback(result_id=result_id))
    print(result_id, flush=True)
"""


def test_what_was_acknowledged_outlives_kill_9(path: Path, clock: FakeClock) -> None:
    command = [sys.executable, "-c", RECORDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = [next(child.stdout).strip() for _ in range(25)]
        child.kill()
        acknowledged += child.stdout.read().splitlines()
    store = SqliteFeedbackStore(path, clock=clock)
    kept = {feedback.result_id for feedback in store.of_session("a" * 32)}
    store.close()
    assert len(acknowledged) >= 25
    assert set(acknowledged) <= kept
    assert len(kept) <= len(acknowledged) + 1


LIMITED = """
import resource, sys
from pathlib import Path
from detection.errors import NotSaved
from feedback.sqlite import SqliteFeedbackStore
from tests.feedback.samples import some_feedback
from utils.clock import SystemClock
store = SqliteFeedbackStore(Path(sys.argv[1]), clock=SystemClock())
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limits[1]))
acknowledged = []
try:
    for number in range(10_000):
        acknowledged.append(store.record(some_feedback(result_id=f"{number:032}")))
except NotSaved:
    pass
acknowledged.sort(key=lambda feedback: feedback.id)
assert store.of_session("a" * 32) == acknowledged
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
store.record(some_feedback(result_id="f" * 32))
print(len(acknowledged), len(store.of_session("a" * 32)))
"""


def test_when_the_file_may_not_grow_no_rating_is_falsely_acknowledged(path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(path)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    acknowledged, kept_in_the_end = map(int, child.stdout.split())
    assert acknowledged > 10
    assert kept_in_the_end == acknowledged + 1
