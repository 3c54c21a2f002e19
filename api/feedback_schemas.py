"""What people say of results, as it comes in and goes out over HTTP."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, StrictInt

from api.schemas import Box
from feedback.forgetting import Forgotten
from feedback.record import BoxVerdict, Feedback, MissedBox, RatingForm, Verdict

EXAMPLES: list[JsonValue] = [
    {"result_id": "RESULT_ID", "rating": 4, "comment": "the second cup is missing"},
    {
        "result_id": "RESULT_ID",
        "boxes": [{"index": 0, "verdict": "right"}],
        "missed": [{"phrase": "the red cup", "box": [4.0, 6.5, 30.0, 41.0]}],
    },
]
_BOX = "x1, y1, x2, y2 in pixels of the upright source image."


class BoxVerdictOut(BaseModel):
    """What somebody says of one box."""

    model_config = ConfigDict(extra="forbid")

    index: StrictInt = Field(description="Place of the box in the answer's `detections`, from 0.")
    verdict: Verdict
    phrase: str = Field("", description="What it really is, where the label is wrong.")


class MissedBoxOut(BaseModel):
    """A thing the model did not find."""

    model_config = ConfigDict(extra="forbid")

    phrase: str = Field(description="What it is.")
    box: Box = Field(description=_BOX)


class FeedbackIn(BaseModel):
    """The body of `POST /api/feedback`: the whole opinion, it replaces what was said before."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": EXAMPLES})

    result_id: Annotated[str, Field(min_length=1, max_length=64)]
    rating: StrictInt | None = Field(
        None, description="1 (useless) to 5 (exactly right); may be left out where boxes are said."
    )
    comment: str = ""
    threshold: float | None = Field(None, description="The threshold in force when it was rated.")
    boxes: list[BoxVerdictOut] = Field([], description="Verdicts on boxes that were shown.")
    missed: list[MissedBoxOut] = Field([], description="What the model did not find.")
    keep_image: StrictBool = Field(
        False,  # noqa: FBT003 - a field's default
        description="Leave the picture to improve the model; otherwise no pixel is kept.",
    )

    def form(self) -> RatingForm:
        """Return the opinion in our own words; nothing is checked yet."""
        return RatingForm(
            result_id=self.result_id,
            rating=self.rating,
            comment=self.comment,
            threshold=self.threshold,
            verdicts=tuple(BoxVerdict(**box.model_dump()) for box in self.boxes),
            missed=tuple(
                MissedBox(phrase=missed.phrase, xyxy=missed.box) for missed in self.missed
            ),
            keep_image=self.keep_image,
        )


class FeedbackOut(BaseModel):
    """What is stored."""

    id: str = Field(description="One document a result: a second opinion replaces the first.")
    result_id: str
    session_id: str
    rating: int | None
    comment: str
    threshold: float
    boxes: list[BoxVerdictOut]
    missed: list[MissedBoxOut]
    image_kept: bool = Field(description="Whether the picture was left to improve the model.")
    prompt: str = Field(description="What was asked, as it was typed.")
    model_id: str
    edit: int = Field(
        description="1 for the first opinion on a result, one more for each that replaces it."
    )
    at: datetime = Field(description="Of the latest edit, UTC.")


class RemovedOut(BaseModel):
    """The answer of `DELETE /api/feedback/{result_id}`."""

    removed: bool = Field(description="False if there was nothing to take back.")


class ForgottenOut(BaseModel):
    """How many of each `DELETE /api/sessions/{id}` removed; all 0 when it is called again."""

    ratings: int
    results: int
    images: int = Field(description="That were kept to improve the model.")
    answers: int = Field(description="That were remembered to answer the same question faster.")
    uploads: int = Field(description="Files of the page: uploaded pictures and drawn answers.")


def feedback_of(feedback: Feedback) -> FeedbackOut:
    """Format what the store acknowledged."""
    return FeedbackOut(
        id=feedback.id,
        result_id=feedback.result_id,
        session_id=feedback.session_id,
        rating=feedback.rating,
        comment=feedback.comment,
        threshold=feedback.threshold,
        boxes=[BoxVerdictOut(**asdict(box)) for box in feedback.verdicts],
        missed=[MissedBoxOut(phrase=box.phrase, box=box.xyxy) for box in feedback.missed],
        image_kept=feedback.image_kept,
        prompt=feedback.prompt.text,
        model_id=feedback.model_id,
        edit=feedback.edit,
        at=feedback.at,
    )


def forgotten_of(forgotten: Forgotten) -> ForgottenOut:
    """Format what was removed."""
    return ForgottenOut(**asdict(forgotten))
