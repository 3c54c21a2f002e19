from dataclasses import replace

import pytest

from accounts.limits import LimitRules, Limits
from detection.errors import BadRating, ResultNotFound, TooManyRequests
from feedback.desk import FeedbackDesk
from feedback.record import RatingForm
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from monitoring.metrics import Metrics
from tests.fakes import FakeClock
from tests.feedback.samples import ALICE, BOB, some_result


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(error_codes=["result_not_found"])


@pytest.fixture
def desk(
    store: SqliteFeedbackStore, results: ResultStore, metrics: Metrics, clock: FakeClock
) -> FeedbackDesk:
    limits = Limits(LimitRules(feedback="3/minute"), clock=clock, metrics=metrics)
    return FeedbackDesk(store=store, results=results, metrics=metrics, clock=clock, limits=limits)


@pytest.fixture
def result_id(results: ResultStore, clock: FakeClock) -> str:
    result = some_result(at=clock.now())
    results.save(result, ALICE)
    return result.id


def test_a_rating_carries_all_that_the_result_says(
    desk: FeedbackDesk, results: ResultStore, clock: FakeClock, result_id: str
) -> None:
    result = results.load(result_id, ALICE)
    clock.advance(60)
    stored = desk.rate(RatingForm(result_id=result_id, rating=4, comment="fine"), ALICE)
    assert (stored.rating, stored.comment, stored.edit) == (4, "fine", 1)
    assert (stored.user, stored.session_id, stored.language) == ("alice", "a" * 32, "zh")
    assert stored.at == clock.now()
    shared = ("prompt", "model_id", "revision", "variant", "image_digest", "size_wh", "detections")
    for name in (*shared, "threshold", "timings"):
        assert getattr(stored, name) == getattr(result, name), name


def test_the_threshold_that_was_looked_at_is_kept(desk: FeedbackDesk, result_id: str) -> None:
    form = RatingForm(result_id=result_id, rating=4, threshold=0.25)
    assert desk.rate(form, ALICE).threshold == 0.25


def test_a_second_rating_replaces_the_first(
    desk: FeedbackDesk, store: SqliteFeedbackStore, result_id: str
) -> None:
    desk.rate(RatingForm(result_id=result_id, rating=1), ALICE)
    second = desk.rate(RatingForm(result_id=result_id, rating=5), ALICE)
    assert second.edit == 2
    assert store.of_session(ALICE.session_id) == [second]


@pytest.mark.parametrize("asker", [BOB, replace(ALICE, session_id="c" * 32)], ids=["bob", "tab"])
def test_only_the_session_that_asked_may_rate(
    desk: FeedbackDesk, store: SqliteFeedbackStore, result_id: str, asker: object
) -> None:
    assert isinstance(asker, type(ALICE))
    with pytest.raises(ResultNotFound):
        desk.rate(RatingForm(result_id=result_id, rating=5), asker)
    assert store.of_session(asker.session_id) == []


def test_an_unsound_rating_is_not_stored(
    desk: FeedbackDesk, store: SqliteFeedbackStore, result_id: str
) -> None:
    with pytest.raises(BadRating):
        desk.rate(RatingForm(result_id=result_id, rating=7), ALICE)
    assert store.of_session(ALICE.session_id) == []


def test_ratings_are_limited(desk: FeedbackDesk, result_id: str) -> None:
    for rating in (1, 2, 3):
        desk.rate(RatingForm(result_id=result_id, rating=rating), ALICE)
    with pytest.raises(TooManyRequests):
        desk.rate(RatingForm(result_id=result_id, rating=4), ALICE)


def test_ratings_are_counted(desk: FeedbackDesk, metrics: Metrics, result_id: str) -> None:
    desk.rate(RatingForm(result_id=result_id, rating=5), ALICE)
    assert metrics.registry.get_sample_value("glip_feedback_total", {"rating": "5"}) == 1


def test_refusals_are_counted(desk: FeedbackDesk, metrics: Metrics) -> None:
    with pytest.raises(ResultNotFound):
        desk.rate(RatingForm(result_id="0" * 32, rating=5), ALICE)
    value = metrics.registry.get_sample_value("glip_errors_total", {"code": "result_not_found"})
    assert value == 1
