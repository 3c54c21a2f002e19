import pytest

from detection.image import ImageLimits, SourceImage
from monitoring.metrics import Metrics
from serving.images import TTL_S, PictureMemo
from tests.fakes import FakeClock, image_bytes
from tests.serving.samples import form

RED, BLUE = image_bytes(colour=(255, 0, 0)), image_bytes(colour=(0, 0, 255))


def digest_of(data: bytes) -> str:
    return SourceImage.from_bytes(data).digest


def memo_of(recent_bytes: int, clock: FakeClock, metrics: Metrics) -> PictureMemo:
    return PictureMemo(ImageLimits(), recent_bytes=recent_bytes, metrics=metrics, clock=clock)


@pytest.fixture
def memo(clock: FakeClock, metrics: Metrics) -> PictureMemo:
    return memo_of(len(RED) + len(BLUE), clock, metrics)


def test_a_picture_asked_about_is_at_hand_for_an_hour(memo: PictureMemo, clock: FakeClock) -> None:
    assert memo.recall(digest_of(RED)) is None
    memo.identify(form(image_bytes=RED))
    assert memo.recall(digest_of(RED)) == SourceImage.from_bytes(RED)
    clock.advance(TTL_S)
    assert memo.recall(digest_of(RED)) is None


def test_asking_again_brings_it_back_without_decoding(memo: PictureMemo, clock: FakeClock) -> None:
    memo.identify(form(image_bytes=RED))
    clock.advance(TTL_S - 1)
    _, decoded = memo.identify(form(image_bytes=RED))
    assert decoded is None
    clock.advance(2)
    assert memo.recall(digest_of(RED)) is not None


def test_only_the_latest_are_at_hand(clock: FakeClock, metrics: Metrics) -> None:
    memo = memo_of(len(RED) + len(BLUE) - 1, clock, metrics)
    memo.identify(form(image_bytes=RED))
    memo.identify(form(image_bytes=BLUE))
    assert memo.recall(digest_of(RED)) is None
    assert memo.recall(digest_of(BLUE)) is not None


def test_what_is_forgotten_is_as_if_it_was_never_seen(memo: PictureMemo) -> None:
    memo.identify(form(image_bytes=RED))
    memo.identify(form(image_bytes=BLUE))
    memo.forget({digest_of(RED)})
    assert memo.recall(digest_of(RED)) is None
    assert memo.recall(digest_of(BLUE)) is not None
    _, decoded = memo.identify(form(image_bytes=RED))
    assert decoded is not None
