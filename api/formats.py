"""Many answers as one text: JSON, JSON lines, COCO or CSV."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import count

from pydantic import BaseModel, Field

from api.schemas import Box, DetectAnswer, answer_of
from detection.result import DetectionResult

CSV_COLUMNS = ("file", "phrase", "phrase_index", "score", "x1", "y1", "x2", "y2")


class Format(StrEnum):
    """How answers are written; the value is also what their file ends in."""

    JSON = "json"
    JSONL = "jsonl"
    COCO = "coco"
    CSV = "csv"


class Asked(BaseModel):
    """Which file was asked about, and what."""

    file: str = Field(description="As it was named; `-` is standard input.")
    drawn: str | None = Field(description="The picture with its boxes, in the same folder.")
    prompt: str
    phrases: list[str] = Field(description="Of the prompt, those that found nothing included.")


class FileAnswer(DetectAnswer, Asked):
    """The API's answer and the file it is about: one line of a results file."""


def file_answer_of(result: DetectionResult, *, file: str, drawn: str | None = None) -> FileAnswer:
    """Format `result` as the answer about `file`."""
    answer = answer_of(result, session_id="command-line")
    return FileAnswer(
        file=file,
        drawn=drawn,
        prompt=result.prompt.text,
        phrases=[phrase.text for phrase in result.prompt.phrases],
        **dict(answer),
    )


def render_answers(answers: Sequence[FileAnswer], form: Format) -> str:
    """Render answers to one and the same prompt; the text ends with a line feed."""
    return _RENDERERS[form](answers)


def _render_json(answers: Sequence[FileAnswer]) -> str:
    return _dump([answer.model_dump() for answer in answers], indent=2)


def _render_lines(answers: Sequence[FileAnswer]) -> str:
    return "".join(_dump(answer.model_dump()) for answer in answers)


def _render_coco(answers: Sequence[FileAnswer]) -> str:
    """COCO results: ids from 1, a category a phrase, pictures without boxes included."""
    ids = count(1)
    phrases = answers[0].phrases if answers else []
    document = {
        "info": _describe_question(answers[0]) if answers else {},
        "images": [
            {
                "id": image_id,
                "file_name": answer.file,
                "width": answer.image.width,
                "height": answer.image.height,
            }
            for image_id, answer in enumerate(answers, 1)
        ],
        "categories": [{"id": number, "name": name} for number, name in enumerate(phrases, 1)],
        "annotations": [
            {
                "id": next(ids),
                "image_id": image_id,
                "category_id": found.phrase_index + 1,
                **_measure(found.box),
                "iscrowd": 0,
                "score": found.score,
            }
            for image_id, answer in enumerate(answers, 1)
            for found in answer.detections
        ],
    }
    return _dump(document, indent=2)


def _describe_question(answer: FileAnswer) -> Mapping[str, object]:
    return {
        "description": answer.prompt,
        "model_id": answer.model_id,
        "revision": answer.revision,
        "threshold": answer.threshold,
    }


def _measure(box: Box) -> Mapping[str, object]:
    """COCO's words for x1, y1, x2, y2: corner, width and height, and the area in square pixels."""
    x1, y1, x2, y2 = box
    width, height = round(x2 - x1, 2), round(y2 - y1, 2)
    return {"bbox": [x1, y1, width, height], "area": round(width * height, 2)}


def _render_csv(answers: Sequence[FileAnswer]) -> str:
    """A row a box; a picture without boxes has none."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for answer in answers:
        for found in answer.detections:
            place = (found.phrase_index, found.score, *found.box)
            rows.writerow((answer.file, found.phrase, *place))
    return text.getvalue()


def _dump(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent) + "\n"


_RENDERERS: Mapping[Format, Callable[[Sequence[FileAnswer]], str]] = {
    Format.JSON: _render_json,
    Format.JSONL: _render_lines,
    Format.COCO: _render_coco,
    Format.CSV: _render_csv,
}
