from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import pytest

from accounts.asker import Asker
from detection.errors import NotAllowed, ResultNotFound
from feedback.forgetting import Forgetting, Forgotten
from feedback.image_keeping import ImageKeeping
from feedback.kept_images import KeptImages
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
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
