"""Building a detector from weights."""

import pytest

from models.nano.load import build_nano, choose_device
from models.nano.weights import load_weights


@pytest.mark.parametrize("device", ["cpu", "cuda:1"])
def test_a_named_device_is_taken_as_it_is(device: str) -> None:
    assert choose_device(device) == device


def test_auto_is_a_device_that_exists() -> None:
    assert choose_device("auto") in {"cpu", "cuda"}


def test_the_detector_carries_what_the_weights_say() -> None:
    weights = load_weights()
    detector = build_nano(weights, "cpu")
    assert detector.revision == weights.revision
    assert detector.vocabulary == weights.vocabulary
    assert detector.card.default_threshold == weights.calibration.threshold
