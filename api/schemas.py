"""What comes in and what goes out over HTTP; numbers are formatted here and nowhere earlier."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from detection.result import DetectionResult
from feedback.record import Feedback
from serving.plugs import PluggedModel

Box = tuple[float, float, float, float]


class DetectionOut(BaseModel):
    """One box, tied to one phrase of the prompt."""

    phrase: str = Field(description="The phrase exactly as it was typed.")
    span: tuple[int, int] = Field(description="Its half-open range of code points in the prompt.")
    phrase_index: int = Field(description="Its place among the phrases of the prompt.")
    score: float = Field(description="0 to 1.")
    box: Box = Field(description="x1, y1, x2, y2 in pixels of the upright source image, half-open.")


class ImageOut(BaseModel):
    """The picture that was asked about."""

    width: int = Field(description="Pixels, after EXIF orientation.")
    height: int = Field(description="Pixels, after EXIF orientation.")
    sha256: str = Field(description="Of the upright RGB pixels with width and height.")


class TimingsOut(BaseModel):
    """Milliseconds."""

    queue: float
    prepare: float
    model: float
    total: float


class DetectAnswer(BaseModel):
    """The answer of `POST /api/detect`."""

    result_id: str = Field(description="Names this result when it is rated.")
    session_id: str
    model_id: str
    revision: str = Field(description="Of the weights.")
    image: ImageOut
    threshold: float = Field(description="Least score shown; a view, the model does not see it.")
    from_cache: bool
    detections: list[DetectionOut]
    timings_ms: TimingsOut


class ModelOut(BaseModel):
    """One model that answers."""

    model_id: str
    revision: str
    languages: list[str]
    score_floor: float
    default_threshold: float
    knows: dict[str, str] = Field(description="What the model knows, in each of our languages.")


class FeedbackIn(BaseModel):
    """The body of `POST /api/feedback`."""

    model_config = ConfigDict(extra="forbid")

    result_id: Annotated[str, Field(min_length=1, max_length=64)]
    rating: StrictInt = Field(description="1 (useless) to 5 (exactly right).")
    comment: str = ""
    threshold: float | None = Field(None, description="The threshold in force when it was rated.")


class FeedbackOut(BaseModel):
    """What was stored."""

    id: str = Field(description="One document a result: a second rating replaces the first.")
    result_id: str
    session_id: str
    rating: int
    comment: str
    edit: int = Field(
        description="1 for the first rating of a result, one more for each that replaces it."
    )


def answer_of(result: DetectionResult, session_id: str) -> DetectAnswer:
    """Format `result` as it is shown: the detections at or above its threshold."""
    shown = result.detections.above(result.threshold)
    phrases = result.prompt.phrases
    width, height = result.size_wh
    return DetectAnswer(
        result_id=result.id,
        session_id=session_id,
        model_id=result.model_id,
        revision=result.revision,
        image=ImageOut(width=width, height=height, sha256=result.image_digest),
        threshold=result.threshold,
        from_cache=result.from_cache,
        detections=[
            DetectionOut(
                phrase=phrases[index].text,
                span=(phrases[index].start, phrases[index].end),
                phrase_index=index,
                score=round(score, 4),
                box=_rounded(box),
            )
            for index, score, box in zip(
                shown.phrase_index.tolist(), shown.scores.tolist(), shown.xyxy.tolist(), strict=True
            )
        ],
        timings_ms=TimingsOut(
            queue=round(result.timings.queue_ms, 2),
            prepare=round(result.timings.prepare_ms, 2),
            model=round(result.timings.model_ms, 2),
            total=round(result.timings.total_ms, 2),
        ),
    )


def model_of(model: PluggedModel) -> ModelOut:
    """Format what a model says of itself."""
    return ModelOut(
        model_id=model.model_id,
        revision=model.revision,
        languages=list(model.card.languages),
        score_floor=model.card.score_floor,
        default_threshold=model.card.default_threshold,
        knows=dict(model.card.knows),
    )


def feedback_of(feedback: Feedback) -> FeedbackOut:
    """Format what the store acknowledged."""
    return FeedbackOut(
        id=feedback.id,
        result_id=feedback.result_id,
        session_id=feedback.session_id,
        rating=feedback.rating,
        comment=feedback.comment,
        edit=feedback.edit,
    )


def _rounded(box: list[float]) -> Box:
    x1, y1, x2, y2 = (round(value, 2) for value in box)
    return x1, y1, x2, y2
