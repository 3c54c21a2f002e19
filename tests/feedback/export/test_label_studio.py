import json
from collections.abc import Iterable
from typing import Any

from feedback.export.label_studio import write_label_studio
from feedback.record import Feedback
from tests.feedback.export.ratings import (
    DOG,
    PROMPT,
    PROVENANCE,
    asked,
    everything,
    hostile_ratings,
    judged,
    nothing_found,
)


def tasks_of(ratings: Iterable[Feedback]) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = json.loads(b"".join(write_label_studio(ratings, PROVENANCE)))
    return tasks


def test_predictions_are_what_the_model_said() -> None:
    (prediction,) = tasks_of([judged()])[0]["predictions"]
    assert prediction["model_version"] == "fake 1 (default)"
    first = prediction["result"][0]
    assert first["value"] == {
        "x": 10.0,
        "y": 10.0,
        "width": 10.0,
        "height": 10.0,
        "rotation": 0,
        "rectanglelabels": [DOG],
    }
    assert (first["original_width"], first["original_height"], first["score"]) == (640, 480, 0.9)
    assert len(prediction["result"]) == 4


def test_annotations_are_what_the_person_said() -> None:
    (annotation,) = tasks_of([judged()])[0]["annotations"]
    labels = [region["value"]["rectanglelabels"][0] for region in annotation["result"]]
    assert labels == [DOG, DOG, "the cat 🐱", "一只鸟 🐦"]


def test_without_verdicts_nothing_is_annotated() -> None:
    tasks = tasks_of([asked(), nothing_found()])
    assert [task["annotations"] for task in tasks] == [[], []]
    assert [len(task["predictions"][0]["result"]) for task in tasks] == [4, 0]


def test_the_picture_and_the_question_are_named() -> None:
    data = tasks_of([judged(image_kept=True)])[0]["data"]
    assert data["image"] == f"/data/local-files/?d=kept/{'a' * 64}.png"
    assert (data["image_kept"], data["prompt"], data["rating"]) == (True, PROMPT, None)


def test_regions_of_a_task_have_ids_of_their_own() -> None:
    for task in tasks_of(everything()):
        answers = task["predictions"] + task["annotations"]
        ids = [region["id"] for answer in answers for region in answer["result"]]
        assert len(set(ids)) == len(ids)


def test_each_task_says_where_it_comes_from() -> None:
    metas = [task["meta"]["glip_export"] for task in tasks_of(everything())]
    assert metas == [PROVENANCE.facts()] * len(everything())


def test_hostile_texts_come_back() -> None:
    comments = [task["data"]["comment"] for task in tasks_of(hostile_ratings())]
    assert comments == [feedback.comment for feedback in hostile_ratings()]
