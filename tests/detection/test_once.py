"""One question answered on the spot."""

import pytest

from detection.errors import BadThreshold, ImageMissing, PromptEmpty
from detection.once import detect_once
from detection.query import DetectionForm
from tests.fakes import FakeDetector, boxes_of, image_bytes


def test_the_answer_is_the_detectors() -> None:
    image, result = detect_once(DetectionForm(image_bytes(), "dog . cat", 0.4), FakeDetector())
    assert result.detections == boxes_of(image, result.prompt)
    assert (result.image_digest, result.size_wh) == (image.digest, (64, 48))
    assert (result.model_id, result.revision, result.threshold) == ("fake", "1", 0.4)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (DetectionForm(None, "dog"), ImageMissing),
        (DetectionForm(image_bytes(), " "), PromptEmpty),
        (DetectionForm(image_bytes(), "dog", 7), BadThreshold),
    ],
)
def test_what_cannot_be_asked_is_refused(form: DetectionForm, error: type[Exception]) -> None:
    with pytest.raises(error):
        detect_once(form, FakeDetector())
