import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from detection.errors import ImageGone, NotSaved
from feedback.image_keeping import ImageKeeping
from feedback.kept_images import KeptImages
from feedback.sqlite import SqliteFeedbackStore
from tests.feedback.samples import RecentImages, some_feedback, some_image

IMAGE = some_image()
DIGEST = IMAGE.digest


def keep(images: ImageKeeping, store: SqliteFeedbackStore, session: str, *, keep: bool) -> None:
    feedback = some_feedback(session_id=session * 32, image_digest=DIGEST, image_kept=keep)
    with images.rating(DIGEST, keep=keep):
        store.record(feedback)


def test_a_picture_stays_until_the_last_rating_lets_go(
    images: ImageKeeping, kept: KeptImages, recent: RecentImages, store: SqliteFeedbackStore
) -> None:
    recent.images.append(IMAGE)
    keep(images, store, "a", keep=True)
    keep(images, store, "b", keep=True)
    keep(images, store, "a", keep=False)
    assert kept.digests() == [DIGEST]
    store.forget_session("b" * 32)
    assert images.let_go([DIGEST]) == 1
    assert kept.digests() == []


def test_a_rating_that_was_not_saved_leaves_no_picture(
    images: ImageKeeping, kept: KeptImages, recent: RecentImages
) -> None:
    recent.images.append(IMAGE)
    kept_before_it_was_recorded: list[str] = []

    def refuse() -> None:
        kept_before_it_was_recorded.extend(kept.digests())
        raise NotSaved

    with pytest.raises(NotSaved), images.rating(DIGEST, keep=True):
        refuse()
    assert kept_before_it_was_recorded == [DIGEST]
    assert kept.digests() == []


def test_what_is_not_at_hand_cannot_be_kept(images: ImageKeeping) -> None:
    with pytest.raises(ImageGone), images.rating(DIGEST, keep=True):
        pytest.fail("nothing may be recorded")


def test_a_purge_passes_over_what_is_none_of_ours(images: ImageKeeping, tmp_path: Path) -> None:
    stray = tmp_path / "kept" / "logo.png"
    stray.write_bytes(b"")
    os.utime(stray, (0, 10**10))  # not too old
    assert images.purge() == 0
    assert stray.exists()


def test_a_purge_removes_what_a_crash_orphaned(
    images: ImageKeeping, kept: KeptImages, recent: RecentImages, store: SqliteFeedbackStore
) -> None:
    recent.images.append(IMAGE)
    keep(images, store, "a", keep=True)
    kept.keep(some_image(1))  # and then the process died
    assert images.purge() == 1
    assert kept.digests() == [DIGEST]


def test_a_picture_that_cannot_be_deleted_does_not_undo_the_rating(
    images: ImageKeeping,
    kept: KeptImages,
    recent: RecentImages,
    store: SqliteFeedbackStore,
    tmp_path: Path,
) -> None:
    recent.images.append(IMAGE)
    keep(images, store, "a", keep=True)
    path = tmp_path / "kept" / f"{DIGEST}.png"
    path.unlink()
    path.mkdir()  # cannot be unlinked, whoever runs this
    keep(images, store, "a", keep=False)
    assert not store.wants_image(DIGEST)
    assert kept.path_of(DIGEST) is None


def test_sixteen_sessions_that_tick_and_untick_end_as_the_ratings_say(
    images: ImageKeeping, kept: KeptImages, recent: RecentImages, store: SqliteFeedbackStore
) -> None:
    recent.images.append(IMAGE)
    barrier = threading.Barrier(16)

    def change_mind(session: str) -> None:
        barrier.wait(timeout=10)
        for turn in range(4):
            keep(images, store, session, keep=turn % 2 == 0)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(change_mind, "0123456789abcdef"))
    assert kept.digests() == []
    keep(images, store, "a", keep=True)
    assert kept.digests() == [DIGEST]
