"""Building a detector from weights."""

import numpy as np

from detection.image import SourceImage
from detection.prompt import Prompt
from models.nano.load import build_nano
from models.nano.weights import load_weights


def test_the_detector_carries_what_the_weights_say() -> None:
    weights = load_weights()
    detector = build_nano(weights, "cpu")
    assert detector.revision == weights.revision
    assert detector.vocabulary == weights.vocabulary
    assert detector.card.default_threshold == weights.calibration.threshold


def test_another_input_side_letterboxes_to_it() -> None:
    detector = build_nano(load_weights(), "cpu", side=320)
    image = SourceImage.from_pixels(np.zeros((40, 80, 3), np.uint8))
    job = detector.prepare(image, Prompt.parse("dog"))
    assert job.square.shape == (320, 320, 3)
    (detections,) = detector.detect_batch([job])
    assert (detections.xyxy[:, 2:] <= (80, 40)).all()
