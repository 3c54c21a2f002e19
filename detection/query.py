"""From what a browser or a program sent to what the rest may trust: the one place of validation."""

import math
from dataclasses import dataclass

from detection.detector import ModelCard
from detection.errors import BadThreshold, ImageMissing
from detection.image import ImageLimits, SourceImage
from detection.prompt import Prompt


@dataclass(frozen=True)
class DetectionForm:
    """A question as it came in: nothing in it is trusted."""

    image_bytes: bytes | None
    text: str
    threshold: float | None = None
    model: str | None = None


@dataclass(frozen=True)
class DetectionQuery:
    """A question that is known to be sound; never checked again."""

    image: SourceImage
    prompt: Prompt


def validate(
    form: DetectionForm, vocabulary: frozenset[str] = frozenset(), limits: ImageLimits | None = None
) -> DetectionQuery:
    """Check the form's prompt, then its image. Raises BadPrompt or BadImage.

    The image is decoded here: call this off the event loop. The threshold belongs to the view and
    is checked by `validated_threshold`.
    """
    prompt = Prompt.parse(form.text, vocabulary)
    return DetectionQuery(validated_image(form, limits), prompt)


def validated_image(form: DetectionForm, limits: ImageLimits | None = None) -> SourceImage:
    """Decode the form's image; CPU work. Raises BadImage."""
    if not form.image_bytes:
        raise ImageMissing
    return SourceImage.from_bytes(form.image_bytes, limits or ImageLimits())


def validated_threshold(threshold: float | None, card: ModelCard) -> float:
    """Return the asker's threshold, or the model's own if there is none. Raises BadThreshold."""
    if threshold is None:
        return card.default_threshold
    if math.isnan(threshold) or not card.score_floor <= threshold <= 1:
        raise BadThreshold(value=threshold, floor=card.score_floor)
    return threshold
