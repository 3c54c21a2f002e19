"""What comes in and what goes out over HTTP; numbers are formatted here and nowhere earlier."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from detection.result import DetectionResult

Box = tuple[float, float, float, float]
EXAMPLE: dict[str, JsonValue] = {
    "result_id": "9f1c6d3e0b7a48529f1c6d3e0b7a4852",
    "session_id": "4be02a7715c94d1f4be02a7715c94d1f",
    "model_id": "glip-nano",
    "revision": "3f9a41c07d52",
    "image": {"width": 640, "height": 480, "sha256": "c0ffee" + "0" * 58},
    "threshold": 0.5,
    "from_cache": False,
    "detections": [
        {
            "phrase": "the red cup",
            "span": [8, 19],
            "phrase_index": 1,
            "score": 0.91,
            "box": [120.5, 44.0, 201.2, 139.8],
        }
    ],
    "timings_ms": {"queue": 0.4, "prepare": 9.1, "model": 61.0, "total": 71.3},
    "warnings": [],
}


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


class WarningOut(BaseModel):
    """What makes an answer one only in form."""

    code: str
    sentence: str = Field(description="In the language of the request.")


class DetectAnswer(BaseModel):
    """The answer of `POST /api/detect`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    result_id: str = Field(description="Names this result when it is rated.")
    session_id: str
    model_id: str
    revision: str = Field(description="Of the weights.")
    image: ImageOut
    threshold: float = Field(description="Least score shown; a view, the model does not see it.")
    from_cache: bool
    detections: list[DetectionOut]
    timings_ms: TimingsOut
    warnings: list[WarningOut] = Field(
        [], description="`chinese_unread`: the model does not read some of the phrases."
    )


class Alive(BaseModel):
    """The answer of `GET /healthz`."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """The answer of `GET /readyz`: 200 while questions are answered, 503 with reasons if not."""

    status: Literal["ready", "degraded", "unready"] = Field(
        description="`degraded`: answers come and ratings are kept, but a store is behind."
    )
    reasons: list[str]


def answer_of(
    result: DetectionResult, session_id: str, warnings: Mapping[str, str] | None = None
) -> DetectAnswer:
    """Format `result` as it is shown: the detections at or above its threshold.

    `warnings` are sentences by their code.
    """
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
        warnings=[
            WarningOut(code=code, sentence=sentence) for code, sentence in (warnings or {}).items()
        ],
    )


def _rounded(box: list[float]) -> Box:
    x1, y1, x2, y2 = (round(value, 2) for value in box)
    return x1, y1, x2, y2
