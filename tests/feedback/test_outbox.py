from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feedback.outbox import Backlog, Letter, Outbox
from feedback.record import Feedback
from feedback.sqlite import SqliteFeedbackStore
from tests.fakes import FakeClock
from tests.feedback.samples import some_feedback

NOTHING = Backlog(count=0, oldest_age_s=0.0)


@pytest.fixture
def outbox(path: Path, clock: FakeClock) -> Iterator[Outbox]:
    outbox = Outbox(path, clock=clock)
    yield outbox
    outbox.close()


@pytest.fixture
def rating(store: SqliteFeedbackStore, clock: FakeClock) -> Feedback:
    return store.record(some_feedback(at=clock.now()))


def letter_of(feedback: Feedback) -> Letter:
    return Letter(id=feedback.id, edit=feedback.edit, feedback=feedback)


def test_a_rating_waits_until_it_is_settled(outbox: Outbox, rating: Feedback) -> None:
    assert outbox.take(10) == outbox.take(10) == [letter_of(rating)]
    outbox.settle(outbox.take(10))
    assert outbox.take(10) == []
    assert outbox.backlog() == NOTHING


def test_an_edit_waits_anew(outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback) -> None:
    outbox.settle([letter_of(rating)])
    edited = store.record(replace(rating, rating=1))
    assert outbox.take(10) == [letter_of(edited)]


def test_an_edit_made_on_the_way_still_waits(
    outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback
) -> None:
    on_its_way = outbox.take(10)
    edited = store.record(replace(rating, rating=1))
    outbox.settle(on_its_way)
    assert outbox.take(10) == [letter_of(edited)]


def test_late_news_of_an_old_edit_changes_nothing(
    outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback
) -> None:
    edited = store.record(replace(rating, rating=1))
    outbox.settle([letter_of(edited)])
    outbox.settle([letter_of(rating)])
    assert outbox.take(10) == []


def test_what_is_taken_back_goes_after_its_copy(
    outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback
) -> None:
    on_its_way = outbox.take(10)
    store.remove(rating.session_id, rating.result_id)
    outbox.settle(on_its_way)
    removal = Letter(id=rating.id, edit=rating.edit + 1, feedback=None)
    assert outbox.take(10) == [removal]
    outbox.settle([removal])
    assert outbox.backlog() == NOTHING


def test_the_backlog_is_counted_and_its_age_told(
    outbox: Outbox, store: SqliteFeedbackStore, clock: FakeClock
) -> None:
    assert outbox.backlog() == NOTHING
    store.record(some_feedback(at=clock.now()))
    clock.advance(90)
    store.record(some_feedback(at=clock.now(), result_id="1" * 32))
    assert outbox.backlog() == Backlog(count=2, oldest_age_s=90.0)
    store.forget_session("a" * 32)
    assert outbox.backlog() == Backlog(count=2, oldest_age_s=0.0)


def test_the_longest_waiting_are_taken_first(
    outbox: Outbox, store: SqliteFeedbackStore, clock: FakeClock
) -> None:
    ids = [f"{number:032}" for number in range(5)]
    for number in (3, 1, 4, 0, 2):
        at = FakeClock().now().replace(minute=number)
        store.record(some_feedback(at=at, result_id=ids[number]))
    taken = [letter.feedback.result_id for letter in outbox.take(3) if letter.feedback]
    assert taken == ids[:3]


def test_a_dead_letter_stands_in_nobody_s_way(outbox: Outbox, rating: Feedback) -> None:
    outbox.bury([(letter_of(rating), "no such field " * 1000)])
    assert outbox.backlog() == NOTHING
    assert outbox.take(10) == []
    (dead,) = outbox.dead_letters()
    assert (dead.id, dead.edit, dead.reason[:13]) == (rating.id, 1, "no such field")
    assert len(dead.reason) == 1000
    assert outbox.dead_letter(rating.id) == (dead, rating)
    assert outbox.dead_letter("unknown") is None


@pytest.mark.parametrize("chosen", ["one", "all"])
def test_a_dead_letter_can_be_sent_again(outbox: Outbox, rating: Feedback, chosen: str) -> None:
    outbox.bury([(letter_of(rating), "why")])
    assert outbox.retry("unknown") == 0
    assert outbox.retry(rating.id if chosen == "one" else None) == 1
    assert outbox.count_dead() == 0
    assert outbox.take(10) == [letter_of(rating)]


def test_an_edit_brings_a_dead_letter_back_to_life(
    outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback
) -> None:
    outbox.bury([(letter_of(rating), "why")])
    edited = store.record(replace(rating, comment="shorter"))
    outbox.settle([letter_of(edited)])
    assert outbox.dead_letters() == []


def test_taking_back_a_dead_letter_ends_it(
    outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback
) -> None:
    outbox.bury([(letter_of(rating), "why")])
    store.remove(rating.session_id, rating.result_id)
    outbox.settle(outbox.take(10))
    assert outbox.count_dead() == 0


def test_everything_can_be_sent_again(
    outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback
) -> None:
    other = store.record(some_feedback(result_id="1" * 32))
    store.remove(other.session_id, other.result_id)
    outbox.settle(outbox.take(10))
    assert outbox.resend() == 1
    removal = Letter(id=other.id, edit=2, feedback=None)
    assert outbox.take(10) == [removal, letter_of(rating)]


def test_a_row_nobody_can_read_is_set_aside(
    outbox: Outbox, store: SqliteFeedbackStore, rating: Feedback
) -> None:
    with store._database.transaction() as connection:
        connection.execute("UPDATE feedback SET detections = '{}'")
    assert outbox.take(10) == []
    found = outbox.dead_letter(rating.id)
    assert found is not None
    assert found[1] is None
    assert outbox.backlog() == NOTHING


def test_a_second_process_sees_the_same_outbox(
    outbox: Outbox, rating: Feedback, path: Path, clock: FakeClock
) -> None:
    second = Outbox(path, clock=clock)
    outbox.settle(second.take(10))
    assert second.take(10) == []
    second.close()
