from contextlib import nullcontext

import pytest

from detection.detector import ModelCard
from detection.errors import BadInput, BadThreshold, ImageMissing, ImageTooLarge, PromptEmpty
from detection.image import ImageLimits
from detection.query import DetectionForm, validate, validated_image, validated_threshold
from tests.detection.pictures import png

PNG = png((1, 1), 8, 0, b"\0\0")


def test_a_sound_form_becomes_a_query() -> None:
    query = validate(DetectionForm(PNG, "bow and arrow . dog"), frozenset({"bow and arrow"}))
    assert query.image.size_wh == (1, 1)
    assert [phrase.text for phrase in query.prompt.phrases] == ["bow and arrow", "dog"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (DetectionForm(PNG, " "), PromptEmpty),
        (DetectionForm(None, "dog"), ImageMissing),
        (DetectionForm(b"", "dog"), ImageMissing),
        (DetectionForm(None, ""), PromptEmpty),
    ],
    ids=["no text", "no image", "an empty image", "neither"],
)
def test_what_is_missing_is_named(form: DetectionForm, error: type[BadInput]) -> None:
    with pytest.raises(error):
        validate(form)


def test_the_limits_are_the_caller_s() -> None:
    with pytest.raises(ImageTooLarge):
        validated_image(DetectionForm(PNG, "dog"), ImageLimits(max_bytes=9))


CARD = ModelCard(score_floor=0.1, default_threshold=0.4)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (None, nullcontext(0.4)),
        (0.1, nullcontext(0.1)),
        (1.0, nullcontext(1.0)),
        (1, nullcontext(1.0)),
        (0.09, pytest.raises(BadThreshold, match=r"floor=0\.1")),
        (7.0, pytest.raises(BadThreshold, match="value=7")),
        (-1.0, pytest.raises(BadThreshold)),
        (float("nan"), pytest.raises(BadThreshold)),
        (float("inf"), pytest.raises(BadThreshold)),
    ],
)
def test_a_threshold_lies_between_the_model_s_floor_and_one(
    given: float | None, outcome: nullcontext[float] | pytest.RaisesExc[BadThreshold]
) -> None:
    with outcome as expected:
        assert validated_threshold(given, CARD) == expected
