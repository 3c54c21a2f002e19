import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from accounts.asker import Asker
from accounts.limits import LimitRules, Limits
from detection.errors import NotAllowed, ResultNotFound
from feedback.desk import FeedbackDesk
from feedback.forgetting import Forgetting, Forgotten
from feedback.image_keeping import ImageKeeping
from feedback.kept_images import KeptImages
from feedback.record import Feedback, RatingForm
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from monitoring.metrics import Metrics
from tests.fakes import FakeClock
from tests.feedback.samples import (
    ADMIN,
    ALICE,
    BOB,
    RecentImages,
    some_feedback,
    some_image,
    some_result,
)

SHARED, OWN = some_image(1), some_image(2)
NOTHING = Forgotten(ratings=0, results=0, images=0, answers=0, uploads=0)


@dataclass
class FakeMemory:
    """Remembers what it was told to forget; it had an answer a picture and a file a session."""

    forgotten: set[str] = field(default_factory=set)

    def forget_images(self, digests: Collection[str]) -> int:
        return self._forget(digests)

    def forget_session(self, session_id: str) -> int:
        return self._forget([session_id])

    def _forget(self, names: Collection[str]) -> int:
        count = len(set(names) - self.forgotten)
        self.forgotten.update(names)
        return count


@pytest.fixture
def memory() -> FakeMemory:
    return FakeMemory()


@pytest.fixture
def forgetting(
    store: SqliteFeedbackStore, results: ResultStore, images: ImageKeeping, memory: FakeMemory
) -> Forgetting:
    return Forgetting(store=store, results=results, images=images, answers=memory, uploads=memory)


@pytest.fixture
def left(
    store: SqliteFeedbackStore,
    results: ResultStore,
    images: ImageKeeping,
    recent: RecentImages,
    clock: FakeClock,
) -> str:
    """Alice and Bob asked and left pictures, one of them the same; return an id of Alice's."""
    recent.images += [SHARED, OWN]
    for asker, image in ((ALICE, SHARED), (ALICE, OWN), (BOB, SHARED)):
        result = some_result(at=clock.now(), image_digest=image.digest)
        results.save(result, asker)
        with images.rating(image.digest, keep=True):
            store.record(
                some_feedback(
                    session_id=asker.session_id,
                    result_id=result.id,
                    image_digest=image.digest,
                    image_kept=True,
                )
            )
    unrated = some_result(at=clock.now(), image_digest=OWN.digest)
    results.save(unrated, ALICE)
    return unrated.id


def test_all_that_a_session_left_is_counted(
    forgetting: Forgetting, memory: FakeMemory, left: str
) -> None:
    assert left
    forgotten = forgetting.forget(ALICE.session_id, ALICE)
    assert forgotten == Forgotten(ratings=2, results=3, images=1, answers=2, uploads=1)
    assert memory.forgotten == {SHARED.digest, OWN.digest, ALICE.session_id}


def test_all_that_a_session_left_goes_and_nothing_else(
    forgetting: Forgetting,
    store: SqliteFeedbackStore,
    results: ResultStore,
    kept: KeptImages,
    left: str,
) -> None:
    forgetting.forget(ALICE.session_id, ALICE)
    assert store.of_session(ALICE.session_id) == []
    assert len(store.of_session(BOB.session_id)) == 1
    assert kept.digests() == [SHARED.digest]
    with pytest.raises(ResultNotFound):
        results.load(left, ALICE)


def test_forgetting_again_finds_nothing(forgetting: Forgetting, left: str) -> None:
    forgetting.forget(ALICE.session_id, ALICE)
    assert left
    assert forgetting.forget(ALICE.session_id, ALICE) == NOTHING


@pytest.mark.parametrize(
    ("asker", "outcome"),
    [(BOB, pytest.raises(NotAllowed)), (ADMIN, nullcontext())],
    ids=["another guest", "an admin"],
)
def test_only_an_admin_makes_others_forgotten(
    forgetting: Forgetting,
    store: SqliteFeedbackStore,
    left: str,
    asker: Asker,
    outcome: AbstractContextManager[object],
) -> None:
    assert left
    with outcome:
        assert forgetting.forget(ALICE.session_id, asker).ratings == 2
        assert store.of_session(ALICE.session_id) == []
    assert len(store.of_session(BOB.session_id)) == 1


class SlowStore(SqliteFeedbackStore):
    """Records once it may."""

    recording, may_record = threading.Event(), threading.Event()

    def record(self, feedback: Feedback) -> Feedback:
        self.recording.set()
        assert self.may_record.wait(timeout=30)
        return super().record(feedback)


def test_a_rating_on_its_way_is_forgotten_too(
    forgetting: Forgetting,
    results: ResultStore,
    images: ImageKeeping,
    path: Path,
    clock: FakeClock,
) -> None:
    metrics = Metrics(error_codes=[])
    store = SlowStore(path, clock=clock)
    desk = FeedbackDesk(
        store=store,
        results=results,
        images=images,
        metrics=metrics,
        clock=clock,
        limits=Limits(LimitRules(), clock=clock, metrics=metrics),
    )
    result = some_result(at=clock.now())
    results.save(result, ALICE)
    with ThreadPoolExecutor() as threads:
        rated = threads.submit(desk.rate, RatingForm(result_id=result.id, rating=1), ALICE)
        assert store.recording.wait(timeout=30)
        forgotten = threads.submit(forgetting.forget, ALICE.session_id, ALICE)
        wait([forgotten], timeout=0.2)  # it must not overtake
        store.may_record.set()
        assert rated.result(timeout=30).rating == 1
        assert forgotten.result(timeout=30).ratings == 1
    assert store.of_session(ALICE.session_id) == []
    store.close()
