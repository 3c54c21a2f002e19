"""Evaluation by the product's path, on hand-made questions and a detector that answers by rote."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detection.detector import ModelCard
from detection.image import SourceImage
from detection.prompt import Phrase, Prompt
from detection.result import Detections
from tests.training.builders import needs_font
from training.annotations import FreshScenes, Labelled, Question, load_questions
from training.evaluate import ask_all, find_owner, render_table, report

NO_BOXES = np.zeros((0, 4), np.float32)


@dataclass(frozen=True)
class Job:
    image_digest: str
    prompt: Prompt


class RoteDetector:
    """Answers "dog" with the one right box and "cat" with a wrong one; knows nothing else."""

    model_id, revision, card = "rote", "1", ModelCard()
    vocabulary: frozenset[str] = frozenset()
    boxes = {"dog": (0.9, [0, 0, 10, 10]), "cat": (0.6, [20, 20, 30, 30])}  # noqa: RUF012 - a constant

    def prepare(self, image: SourceImage, prompt: Prompt) -> Job:
        return Job(image.digest, prompt)

    def detect_batch(self, jobs: Sequence[Job]) -> list[Detections]:
        return [self.answer(job.prompt.phrases) for job in jobs]

    def answer(self, phrases: Sequence[Phrase]) -> Detections:
        found = [
            (index, *answer)
            for index, phrase in enumerate(phrases)
            for word, answer in self.boxes.items()
            if word in phrase.text
        ]
        return Detections.ranked(
            xyxy=[box for _, _, box in found],
            scores=[score for _, score, _ in found],
            phrase_index=[index for index, _, _ in found],
            phrase_scores=np.zeros((len(found), len(phrases))),
            phrase_count=len(phrases),
        )


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    Image.new("RGB", (40, 40)).save(tmp_path / "one.png")
    record = {
        "image": "one.png",
        "prompt": "a dog . the cat",
        "phrases": [
            {"start": 2, "end": 5, "kind": "noun", "boxes": [[0, 0, 10, 9.2]]},
            {"start": 8, "end": 15, "kind": "noun", "boxes": []},
        ],
    }
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(record) + "\n", "utf-8")
    return path


def test_a_file_is_evaluated_by_hand_computable_figures(annotations: Path) -> None:
    figures = report(ask_all(RoteDetector(), load_questions(annotations)), threshold=0.5)
    assert figures["ap50"] == 1.0
    assert figures["ap75"] == 1.0
    assert figures["ap"] == 0.9  # an overlap of 0.92 is right up to 0.90
    assert figures["by_kind"]["noun"]["phrases"] == 2
    assert figures["by_language"]["en"]["boxes"] == 1
    assert figures["precision"] == 0.5
    assert figures["recall"] == 1.0
    assert figures["absent_with_box"] == 1.0
    assert "AP50" in render_table(figures)


def test_a_prompt_the_product_refuses_counts_as_unanswered() -> None:
    image = SourceImage.from_pixels(np.zeros((8, 8, 3), np.uint8))
    dog = Labelled(0, 3, "noun", np.array([[0, 0, 4, 4]], np.float32))
    figures = report(ask_all(RoteDetector(), [Question(image, "dog " * 400, (dog,))]), 0.5)
    assert figures["refused_prompts"] == 1
    assert figures["by_kind"]["noun"]["boxes"] == 1
    assert figures["recall"] == 0


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P"])
def test_grey_and_transparent_pictures_and_phrases_of_no_kind_are_read(
    tmp_path: Path, mode: str
) -> None:
    Image.new(mode, (40, 40)).save(tmp_path / "one.png")
    phrase = {"start": 0, "end": 5, "boxes": []}
    line = json.dumps({"image": "one.png", "prompt": "一只 dog", "phrases": [phrase]})
    (tmp_path / "set.jsonl").write_text(f"{line}\n\n", "utf-8")
    (question,) = load_questions(tmp_path / "set.jsonl")
    assert question.image.size_wh == (40, 40)
    assert [label.kind for label in question.phrases] == ["other"]


@pytest.mark.parametrize(
    ("span", "owner"),
    [
        pytest.param((2, 5), 0, id="without its determiner"),
        pytest.param((0, 5), 0, id="with it"),
        pytest.param((4, 12), 1, id="across two, more of the second"),
        pytest.param((20, 25), -1, id="nowhere"),
    ],
)
def test_find_owner(span: tuple[int, int], owner: int) -> None:
    phrases = [Phrase("a dog", 0, 5), Phrase("cat", 8, 11)]
    assert find_owner(Labelled(*span, "noun", NO_BOXES), phrases) == owner


@needs_font
def test_fresh_questions_follow_from_their_seed() -> None:
    scenes = FreshScenes()
    few, more = list(scenes.draw(1, 2, side=96)), list(scenes.draw(1, 3, side=96))
    assert [question.prompt for question in few] == [question.prompt for question in more[:2]]
    assert [question.image for question in few] == [question.image for question in more[:2]]
    (other,) = scenes.draw(2, 1, side=96)
    assert other.image != few[0].image


@needs_font
def test_the_labels_of_a_fresh_question_lie_in_its_prompt() -> None:
    for question in FreshScenes().draw(1, 8, side=96):
        for label in question.phrases:
            assert question.prompt[label.start : label.end].strip()
            assert (label.boxes[:, 2:] <= np.array(question.image.size_wh)).all()
