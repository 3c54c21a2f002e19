"""Answers in each format, read back by what reads such files."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from api.formats import FileAnswer, Format, file_answer_of, render_answers
from detection.prompt import Prompt
from detection.result import DetectionResult, Detections

PROMPT = "a Dog . 红色杯子"
BOX = (10.0, 20.0, 40.5, 60.25)


def answer(file: str, boxes: int) -> FileAnswer:
    """An answer about `file` with so many boxes, all of the second phrase."""
    detections = Detections.ranked(
        xyxy=[BOX] * boxes,
        scores=[0.9] * boxes,
        phrase_index=[1] * boxes,
        phrase_scores=[[0.0, 0.9]] * boxes,
        phrase_count=2,
    )
    result = DetectionResult(
        id="0" * 32,
        image_digest="d" * 64,
        size_wh=(64, 80),
        prompt=Prompt.parse(PROMPT),
        model_id="fake",
        revision="1",
        variant="default",
        detections=detections,
        threshold=0.5,
        from_cache=False,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return file_answer_of(result, file=file)


ANSWERS = [answer("a.jpg", 2), answer('空, "b".jpg', 0), answer("c.jpg", 1)]


def test_coco_counts_from_one_and_keeps_pictures_without_boxes() -> None:
    document = json.loads(render_answers(ANSWERS, Format.COCO))
    assert [image["id"] for image in document["images"]] == [1, 2, 3]
    assert [image["file_name"] for image in document["images"]] == [one.file for one in ANSWERS]
    assert [found["id"] for found in document["annotations"]] == [1, 2, 3]
    assert [found["image_id"] for found in document["annotations"]] == [1, 1, 3]


def test_coco_boxes_are_corner_and_size() -> None:
    found = json.loads(render_answers(ANSWERS, Format.COCO))["annotations"][0]
    assert found["bbox"] == [10.0, 20.0, 30.5, 40.25]
    assert found["area"] == pytest.approx(30.5 * 40.25, abs=0.01)
    assert found["score"] == pytest.approx(0.9)


def test_coco_categories_are_the_phrases_as_typed() -> None:
    document = json.loads(render_answers(ANSWERS, Format.COCO))
    assert document["categories"] == [
        {"id": 1, "name": "a Dog"},
        {"id": 2, "name": "红色杯子"},
    ]
    assert {found["category_id"] for found in document["annotations"]} == {2}
    assert document["info"]["description"] == PROMPT


def test_lines_are_read_back_as_they_were_written() -> None:
    lines = render_answers(ANSWERS, Format.JSONL).splitlines()
    assert [FileAnswer.model_validate_json(line) for line in lines] == ANSWERS
    assert next(iter(json.loads(lines[0]))) == "file"


def test_json_is_one_list() -> None:
    read = json.loads(render_answers(ANSWERS, Format.JSON))
    assert [FileAnswer.model_validate(one) for one in read] == ANSWERS


def test_csv_has_a_row_a_box() -> None:
    rows = list(csv.DictReader(io.StringIO(render_answers(ANSWERS, Format.CSV))))
    assert [row["file"] for row in rows] == ["a.jpg", "a.jpg", "c.jpg"]
    assert {row["phrase"] for row in rows} == {"红色杯子"}
    assert tuple(float(rows[0][name]) for name in ("x1", "y1", "x2", "y2")) == BOX


@pytest.mark.parametrize("form", Format)
def test_no_answers_are_a_document_too(form: Format) -> None:
    text = render_answers([], form)
    if form in {Format.JSON, Format.COCO}:
        json.loads(text)
    else:
        assert len(text.splitlines()) == (form is Format.CSV)
