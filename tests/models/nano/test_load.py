"""Building a detector from weights."""

from models.nano.load import build_nano
from models.nano.weights import load_weights


def test_the_detector_carries_what_the_weights_say() -> None:
    weights = load_weights()
    detector = build_nano(weights, "cpu")
    assert detector.revision == weights.revision
    assert detector.vocabulary == weights.vocabulary
    assert detector.card.default_threshold == weights.calibration.threshold
