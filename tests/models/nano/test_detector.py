"""NanoDetector: answers in order, each as if alone, to its last phrase; caches change nothing."""

import numpy as np
import pytest

from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from models.nano.detector import NanoDetector
from tests.models.nano.builders import build_tiny_detector

PROMPTS = ("a dog . the cat", "红色的狗", "cat", "dog . " * 25)


@pytest.fixture(scope="module")
def images() -> list[SourceImage]:
    rng = np.random.default_rng(3)
    shapes = [(60, 90), (90, 60), (256, 256), (40, 40)]
    return [SourceImage.from_pixels(rng.integers(0, 255, (*hw, 3), np.uint8)) for hw in shapes]


def answer(
    detector: NanoDetector, images: list[SourceImage], *, together: bool
) -> list[Detections]:
    jobs = [
        detector.prepare(image, Prompt.parse(text))
        for image, text in zip(images, PROMPTS, strict=True)
    ]
    if together:
        return detector.detect_batch(jobs)
    return [detections for job in jobs for detections in detector.detect_batch([job])]


def assert_same(one: list[Detections], other: list[Detections]) -> None:
    for a, b in zip(one, other, strict=True):
        assert len(a) == len(b) > 0
        np.testing.assert_allclose(a.scores, b.scores, atol=1e-4)
        np.testing.assert_allclose(a.xyxy, b.xyxy, atol=0.02)


def test_a_batch_answers_as_its_jobs_would_alone(images: list[SourceImage]) -> None:
    together = answer(build_tiny_detector(), images, together=True)
    alone = answer(build_tiny_detector(), images, together=False)
    assert_same(together, alone)


def test_kept_features_change_nothing(images: list[SourceImage]) -> None:
    with_cache, without = build_tiny_detector(), build_tiny_detector(pyramid_bytes=0)
    first = answer(with_cache, images, together=False)
    again = answer(with_cache, images, together=False)
    assert first == again
    assert_same(first, answer(without, images, together=False))


def test_a_long_prompt_is_answered_to_its_last_phrase(images: list[SourceImage]) -> None:
    detector = build_tiny_detector()
    prompt = Prompt.parse(" . ".join(["dog"] * 60))
    (detections,) = detector.detect_batch([detector.prepare(images[0], prompt)])
    assert detections.phrase_count == 60
    assert set(detections.phrase_index.tolist()) == set(range(60))


def test_equal_pixels_are_encoded_once_for_two_prompts(images: list[SourceImage]) -> None:
    detector = build_tiny_detector()
    jobs = [detector.prepare(images[0], Prompt.parse(text)) for text in ("dog", "cat")]
    detector.detect_batch(jobs)
    assert len(detector._pyramids) == 1


def test_no_jobs_no_answers() -> None:
    assert build_tiny_detector().detect_batch([]) == []


def test_boxes_are_pixels_of_the_source_image(images: list[SourceImage]) -> None:
    detector = build_tiny_detector()
    for image in images:
        job = detector.prepare(image, Prompt.parse("dog"))
        (detections,) = detector.detect_batch([job])
        assert (detections.xyxy[:, 2:] <= np.array(image.size_wh)).all()
        assert detections.xyxy[:, 2:].max() > max(image.size_wh) / 2
