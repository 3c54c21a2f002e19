import contextlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from feedback.export.coco import write_coco
from feedback.record import Feedback
from tests.feedback.export.ratings import (
    CAT,
    CUP,
    DOG,
    PROVENANCE,
    asked,
    everything,
    hostile_ratings,
    judged,
    nothing_found,
)


def document_of(ratings: Iterable[Feedback]) -> Any:
    return json.loads(b"".join(write_coco(ratings, PROVENANCE)))


@pytest.fixture
def coco(tmp_path: Path) -> Any:
    path = tmp_path / "export.coco.json"
    path.write_bytes(b"".join(write_coco(everything(), PROVENANCE)))
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def test_pycocotools_finds_the_true_boxes_of_a_picture(coco: Any) -> None:
    picture = next(one for one in coco.dataset["images"] if one["file_name"][0] == "a")
    found = coco.loadAnns(coco.getAnnIds(imgIds=[picture["id"]]))
    names = [coco.cats[one["category_id"]]["name"] for one in found]
    assert sorted(names) == sorted([DOG, DOG, CAT, "一只鸟 🐦"])
    assert [64.0, 48.0, 64.0, 48.0] in [one["bbox"] for one in found]
    assert coco.getCatIds(catNms=[CUP])


def test_pictures_without_boxes_are_kept(coco: Any) -> None:
    assert len(coco.getImgIds()) == 4
    empty = [one for one in coco.getImgIds() if not coco.getAnnIds(imgIds=[one])]
    assert len(empty) == 2


def test_predictions_can_be_evaluated_against_the_truth(coco: Any) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(coco, coco.loadRes(coco.dataset["predictions"]), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert 0 < evaluation.stats[0] < 1


def test_predictions_stand_apart_with_what_was_said_of_them() -> None:
    document = document_of([judged()])
    assert len(document["annotations"]) == 4
    said = [(one["right"], one["wrong"], one["wrong_label"]) for one in document["predictions"]]
    assert sorted(said) == [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 0, 0)]
    assert {one["model_id"] for one in document["predictions"]} == {"fake"}


def test_what_nobody_judged_is_a_prediction_only() -> None:
    document = document_of([asked()])
    assert document["annotations"] == []
    assert len(document["predictions"]) == 4
    assert document["images"][0]["judged"] is False


def test_nothing_found_is_a_picture_only() -> None:
    document = document_of([nothing_found()])
    assert [len(document[name]) for name in ("images", "annotations", "predictions")] == [1, 0, 0]


def test_info_says_where_it_comes_from() -> None:
    info = document_of([])["info"]
    assert info["glip_export"] == PROVENANCE.facts()
    assert info["version"] == "1"


def test_hostile_phrases_are_names() -> None:
    names = {one["name"].casefold() for one in document_of(hostile_ratings())["categories"]}
    assert {"=1+1", "<script>alert(1)</script>", "nan", "null", "🐱"} <= names
