"""What people say of results, as it comes in and goes out over HTTP."""

from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    JsonValue,
    StrictBool,
    StrictInt,
    model_validator,
)

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
_MOST_NAMED = 5  # unknown fields
_BOX = "x1, y1, x2, y2 in pixels of the upright source image."


class Exact(BaseModel):
    """Takes no field it does not know, and tells the first few: each costs more than it says."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def leave_out_the_crowd(cls, value: Any) -> Any:
        """Return the fields there are and some that there are not."""
        if not isinstance(value, dict):
            return value
        unknown = islice((name for name in value if name not in cls.model_fields), _MOST_NAMED)
        named = {*cls.model_fields, *unknown}
        return {name: part for name, part in value.items() if name in named}


class BoxVerdictOut(Exact):
    """What somebody says of one box."""

    index: StrictInt = Field(description="Place of the box in the answer's `detections`, from 0.")
    verdict: Verdict
    phrase: str = Field("", description="What it really is, where the label is wrong.")


class MissedBoxOut(Exact):
    """A thing the model did not find."""

    phrase: str = Field(description="What it is.")
    box: Box = Field(description=_BOX)


class FeedbackIn(Exact):
    """The body of `POST /api/feedback`: the whole opinion, it replaces what was said before."""

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLES})

    result_id: Annotated[str, Field(min_length=1, max_length=64)]
    rating: StrictInt | None = Field(
        None, description="1 (useless) to 5 (exactly right); may be left out where boxes are said."
    )
    comment: str = ""
    threshold: float | None = Field(None, description="The threshold in force when it was rated.")
    boxes: Annotated[list[BoxVerdictOut], FailFast()] = Field(
        [], description="Verdicts on boxes that were shown."
    )
    missed: Annotated[list[MissedBoxOut], FailFast()] = Field(
        [], description="What the model did not find."
    )
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
