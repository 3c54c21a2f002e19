"""OWLv2 through our own read-out: each phrase a query, its boxes tied to its characters."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import BadPrompt
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from models.features import FeatureCache
from models.glip.checkpoint import CheckpointUnreadable
from models.huggingface.load import load_owl
from models.huggingface.owl import OWLDetector
from models.registry import build_detector
from tests.fakes import image_bytes
from tests.models.huggingface.tiny_owl import save_tiny_owl

TRAPS = [
    "car . cart . carrot",
    "a cat beside a cat toy",
    "dog . dog",
    "race car . car",
    "pineapple . apple",
    "The RED Hat . 🐶",
    "ｄｏｇ . 一只狗",
    "a(b)* [c] . it",
    "a dog . a cat . ",
    "a very long name of a thing that nobody ever called by so many words . dog",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_owl(tmp_path_factory.mktemp("models") / "owlv2-base")


@pytest.fixture
def detector(folder: Path) -> OWLDetector:
    return load_owl("owlv2-base", folder, device="cpu")


def picture(shade: int = 0) -> SourceImage:
    pixels = np.random.default_rng(shade).integers(0, 256, (24, 40, 3), dtype=np.uint8)
    return SourceImage(pixels)


def ask(detector: OWLDetector, *questions: tuple[str, int]) -> list[Detections]:
    jobs = [detector.prepare(picture(shade), Prompt.parse(text)) for text, shade in questions]
    return detector.detect_batch(jobs)


def test_the_registry_finds_the_folder_by_its_name(folder: Path) -> None:
    detector = build_detector("owlv2-base", device="cpu", models_dir=folder.parent)
    assert detector.card.languages == ("en",)
    assert detector.card.knows["zh"].endswith("读不懂中文。")


def test_boxes_and_scores_are_the_library_s(detector: OWLDetector) -> None:
    job = detector.prepare(picture(), Prompt.parse("dog . cat"))
    network: Any = detector._network
    mean, std = (torch.tensor(of) for of in (detector._colours.mean, detector._colours.std))
    pixels = (torch.from_numpy(job.square) - mean) / std
    rows = [phrase[0] for phrase in job.phrases]
    with torch.inference_mode():
        theirs = network(input_ids=torch.tensor(rows), pixel_values=pixels.permute(2, 0, 1)[None])
    (ours,) = detector.detect_batch([job])
    scores = theirs.logits.sigmoid()[0].numpy()
    assert len(ours)
    for box, score, phrase in zip(ours.xyxy, ours.scores, ours.phrase_index, strict=True):
        (row,) = np.flatnonzero(np.isclose(scores[:, phrase], score, atol=1e-5))[:1]
        cx, cy, w, h = theirs.pred_boxes[0, row].numpy() * 40
        corners = np.array([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])
        np.testing.assert_allclose(box, corners.clip(0, [40, 24, 40, 24]), atol=1e-3)


@pytest.mark.parametrize("text", TRAPS)
def test_every_box_names_one_phrase_as_typed(detector: OWLDetector, text: str) -> None:
    prompt = Prompt.parse(text)
    (found,) = ask(detector, (text, 0))
    assert found.phrase_scores.shape[1] == len(prompt.phrases)
    assert all(text[phrase.start : phrase.end] == phrase.text for phrase in prompt.phrases)
    assert set(found.phrase_index) <= set(range(len(prompt.phrases)))


@settings(max_examples=15, deadline=None)
@given(text=st.text(min_size=1, max_size=60))
def test_any_prompt_is_answered_by_its_phrases(owl: OWLDetector, text: str) -> None:
    try:
        prompt = Prompt.parse(text)
    except BadPrompt:
        return
    (found,) = ask(owl, (text, 0))
    assert all(prompt.phrases[index].text in text for index in found.phrase_index)


@pytest.fixture(scope="module")
def owl(folder: Path) -> OWLDetector:
    return load_owl("owlv2-base", folder, device="cpu")


def test_equal_phrases_get_equal_boxes_of_their_own(detector: OWLDetector) -> None:
    (found,) = ask(detector, ("dog . dog", 0))
    first, second = (found.xyxy[found.phrase_index == index] for index in (0, 1))
    assert len(first)
    np.testing.assert_array_equal(first, second)


def test_a_long_phrase_is_asked_in_parts_and_none_is_cut(detector: OWLDetector) -> None:
    job = detector.prepare(picture(), Prompt.parse("abcdefghijklmnopqrstuvwxyz"))
    ((first, second),) = job.phrases
    assert (len(first), len(second)) == (16, 14)
    assert detector.detect_batch([job])[0].phrase_count == 1


def test_an_answer_depends_on_no_mate_and_on_no_cache(detector: OWLDetector, folder: Path) -> None:
    questions = [("dog . cat", 0), ("a red hat", 1), ("cat", 0)]
    together = ask(detector, *questions)
    again = ask(detector, *questions)
    bare = load_owl("owlv2-base", folder, device="cpu")
    bare._pictures, bare._texts = FeatureCache(0), FeatureCache(0)
    for question, one, kept in zip(questions, together, again, strict=True):
        assert ask(bare, question) == [one]
        assert kept == one
    assert (len(detector._pictures), len(detector._texts)) == (2, 3)


def test_without_its_tokenizer_it_is_refused(tmp_path: Path) -> None:
    folder = save_tiny_owl(tmp_path / "owl")
    (folder / "merges.txt").unlink()
    with pytest.raises(CheckpointUnreadable, match="no tokenizer of CLIP"):
        load_owl("owl", folder, device="cpu")


def test_the_picture_may_be_any_upload(detector: OWLDetector) -> None:
    image = SourceImage.from_bytes(image_bytes(3, 50))
    (found,) = detector.detect_batch([detector.prepare(image, Prompt.parse("dog"))])
    assert found.phrase_count == 1
