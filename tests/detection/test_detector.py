import json
from dataclasses import FrozenInstanceError

import pytest

from detection.detector import Detector, ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from tests.detection.pictures import noise
from tests.fakes import FakeDetector


def test_the_fake_that_others_test_with_is_a_detector() -> None:
    """Held by the type checker too: this assignment is the claim."""
    detector: Detector = FakeDetector()
    job = detector.prepare(SourceImage.from_pixels(noise()), Prompt.parse("dog . cat"))
    (detections,) = detector.detect_batch([job])
    assert (len(detections), detections.phrase_count) == (2, 2)
    assert job.prompt.text == "dog . cat"
    assert len(job.image_digest) == 64


def test_a_model_card_has_defaults_and_stays_as_it_is() -> None:
    card = ModelCard()
    assert (card.score_floor, card.default_threshold, card.languages) == (0.05, 0.5, ("en",))
    assert json.dumps(card.knows) == "{}"
    with pytest.raises(FrozenInstanceError):
        card.score_floor = 0.2  # type: ignore[misc]  # what must not work is the case
