"""What every grounded detector does. A family's tests inherit this and bring their detectors."""

from collections.abc import Sequence

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.detector import Detector
from detection.errors import BadPrompt
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections

Question = tuple[SourceImage, Prompt]


def picture_of(width: int, height: int, seed: int = 0) -> SourceImage:
    """Return a picture of noise; another seed, another picture."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return SourceImage.from_pixels(pixels)


def ask(detector: Detector, *questions: Question) -> list[Detections]:
    """Ask all of them in one batch."""
    return detector.detect_batch([detector.prepare(*question) for question in questions])


def assert_equal_but_for_rounding(one: Sequence[Detections], other: Sequence[Detections]) -> None:
    for mine, yours in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine.phrase_index, yours.phrase_index)
        np.testing.assert_allclose(mine.xyxy, yours.xyxy, atol=2e-3)
        np.testing.assert_allclose(mine.scores, yours.scores, atol=1e-5)


PICTURE = picture_of(33, 33, 4)


class DetectorContract:
    """Inherited by the tests of a family: `detector` is one of it, `short` reads a few tokens."""

    def test_nothing_asked_nothing_answered(self, detector: Detector) -> None:
        assert detector.detect_batch([]) == []

    def test_boxes_lie_in_the_source_picture(self, detector: Detector) -> None:
        pictures = picture_of(100, 80, 1), picture_of(50, 90, 2), PICTURE
        prompt = Prompt.parse("dog . red cat")
        answers = ask(detector, *((picture, prompt) for picture in pictures))
        for picture, found in zip(pictures, answers, strict=True):
            assert (found.xyxy >= 0).all()
            assert (found.xyxy <= np.array(picture.size_wh * 2)).all()

    def test_equal_phrases_are_two_phrases(self, detector: Detector) -> None:
        (found,) = ask(detector, (PICTURE, Prompt.parse("dog . dog")))
        assert set(found.phrase_index) == {0, 1}

    def test_a_phrase_the_model_cannot_read_finds_nothing(self, detector: Detector) -> None:
        prompt = Prompt("\u0301", Prompt.parse("x").phrases, "\u0301", ((0, 1),))
        assert ask(detector, (PICTURE, prompt)) == [Detections.empty(1)]

    @settings(
        max_examples=18,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],  # each family's class is one
    )
    @given(
        text=st.text(
            st.sampled_from(
                [*"aceDog.tr ,;。，*()[]\\", "狗", "🐶", "é", "\u0301", "Ａ", "İ", "ß"]
            ),
            min_size=1,
            max_size=30,
        )
    )
    def test_every_box_answers_a_phrase_of_the_asker(self, short: Detector, text: str) -> None:
        try:
            prompt = Prompt.parse(text)
        except BadPrompt:
            return
        (found,) = ask(short, (PICTURE, prompt))
        assert found.phrase_count == len(prompt.phrases)
        for at in found.phrase_index:
            phrase = prompt.phrases[at]
            assert 0 <= phrase.start < phrase.end <= len(text)
            assert text[phrase.start : phrase.end] == phrase.text
