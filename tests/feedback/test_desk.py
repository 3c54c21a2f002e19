from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import pytest

from accounts.asker import Asker
from accounts.limits import LimitRules, Limits
from detection.errors import (
    BadRating,
    BadVerdict,
    ImageGone,
    NotAllowed,
    ResultNotFound,
    TooManyRequests,
)
from feedback.desk import FeedbackDesk
from feedback.image_keeping import ImageKeeping
from feedback.kept_images import KeptImages
from feedback.record import RatingForm
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from monitoring.metrics import Metrics
from tests.fakes import FakeClock
from tests.feedback.samples import (
    ADMIN,
    ALICE,
    BOB,
    MISSED,
    VERDICTS,
    RecentImages,
    some_image,
    some_result,
)

IMAGE = some_image()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(error_codes=["result_not_found"])


@pytest.fixture
def desk(
    store: SqliteFeedbackStore,
    results: ResultStore,
    images: ImageKeeping,
    metrics: Metrics,
    clock: FakeClock,
) -> FeedbackDesk:
    return FeedbackDesk(
        store=store,
        results=results,
        images=images,
        metrics=metrics,
        clock=clock,
        limits=Limits(LimitRules(feedback="3/minute"), clock=clock, metrics=metrics),
    )


@pytest.fixture
def result_id(results: ResultStore, clock: FakeClock) -> str:
    result = some_result(at=clock.now(), image_digest=IMAGE.digest)
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


def test_boxes_can_be_judged_without_stars(
    desk: FeedbackDesk, metrics: Metrics, result_id: str
) -> None:
    form = RatingForm(result_id=result_id, threshold=0.05, verdicts=VERDICTS[::-1], missed=MISSED)
    stored = desk.rate(form, ALICE)
    assert (stored.rating, stored.verdicts, stored.missed) == (None, VERDICTS, MISSED)
    assert metrics.registry.get_sample_value("glip_feedback_total", {"rating": "none"}) == 1


def test_a_verdict_on_a_box_that_was_not_shown_is_refused(
    desk: FeedbackDesk, store: SqliteFeedbackStore, result_id: str
) -> None:
    with pytest.raises(BadVerdict):
        desk.rate(RatingForm(result_id=result_id, verdicts=VERDICTS), ALICE)
    assert store.of_session(ALICE.session_id) == []


def test_the_same_opinion_in_another_order_is_no_edit(desk: FeedbackDesk, result_id: str) -> None:
    form = RatingForm(result_id=result_id, threshold=0.05, verdicts=VERDICTS)
    desk.rate(form, ALICE)
    assert desk.rate(replace(form, verdicts=VERDICTS[::-1]), ALICE).edit == 1


def test_no_pixel_is_kept_unless_asked_for(
    desk: FeedbackDesk, kept: KeptImages, recent: RecentImages, result_id: str
) -> None:
    recent.images.append(IMAGE)
    desk.rate(RatingForm(result_id=result_id, rating=5), ALICE)
    assert kept.digests() == []


def test_a_picture_is_kept_while_the_rating_says_so(
    desk: FeedbackDesk, kept: KeptImages, recent: RecentImages, result_id: str
) -> None:
    recent.images.append(IMAGE)
    assert desk.rate(RatingForm(result_id=result_id, rating=5, keep_image=True), ALICE).image_kept
    assert kept.digests() == [IMAGE.digest]
    recent.images.clear()  # it is needed only once
    desk.rate(RatingForm(result_id=result_id, rating=4, keep_image=True), ALICE)
    assert kept.digests() == [IMAGE.digest]
    assert not desk.rate(RatingForm(result_id=result_id, rating=4), ALICE).image_kept
    assert kept.digests() == []


def test_a_picture_that_is_gone_is_said_and_nothing_is_stored(
    desk: FeedbackDesk, store: SqliteFeedbackStore, result_id: str
) -> None:
    with pytest.raises(ImageGone):
        desk.rate(RatingForm(result_id=result_id, rating=5, keep_image=True), ALICE)
    assert store.of_session(ALICE.session_id) == []


def test_taking_back_removes_the_rating_and_its_picture(
    desk: FeedbackDesk,
    store: SqliteFeedbackStore,
    kept: KeptImages,
    recent: RecentImages,
    result_id: str,
) -> None:
    recent.images.append(IMAGE)
    desk.rate(RatingForm(result_id=result_id, rating=5, keep_image=True), ALICE)
    assert not desk.remove(result_id, BOB)
    assert desk.remove(result_id, ALICE)
    assert (store.of_session(ALICE.session_id), kept.digests()) == ([], [])
    assert not desk.remove(result_id, ALICE)


@pytest.mark.parametrize(
    ("asker", "outcome"),
    [(ALICE, nullcontext()), (BOB, pytest.raises(NotAllowed)), (ADMIN, nullcontext())],
    ids=["own", "another guest", "an admin"],
)
def test_a_session_s_opinions_are_its_own_and_the_admins(
    desk: FeedbackDesk,
    asker: Asker,
    outcome: AbstractContextManager[object],
    result_id: str,
) -> None:
    stored = desk.rate(RatingForm(result_id=result_id, rating=5), ALICE)
    with outcome:
        assert desk.of_session(ALICE.session_id, asker) == [stored]


def test_ratings_are_counted(desk: FeedbackDesk, metrics: Metrics, result_id: str) -> None:
    desk.rate(RatingForm(result_id=result_id, rating=5), ALICE)
    assert metrics.registry.get_sample_value("glip_feedback_total", {"rating": "5"}) == 1


def test_refusals_are_counted(desk: FeedbackDesk, metrics: Metrics) -> None:
    with pytest.raises(ResultNotFound):
        desk.rate(RatingForm(result_id="0" * 32, rating=5), ALICE)
    value = metrics.registry.get_sample_value("glip_errors_total", {"code": "result_not_found"})
    assert value == 1
