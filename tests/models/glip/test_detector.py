"""The published network as a detector: aligned, independent of batch mates, cheap to ask again."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from detection.detector import Detector, ModelCard
from detection.prompt import Prompt
from detection.result import Detections
from models.glip.config import GLIPConfig
from models.glip.detector import GLIPDetector
from tests.models.detector_contract import (
    DetectorContract,
    ask,
    assert_equal_but_for_rounding,
    picture_of,
)
from tests.models.glip.test_encoder import Counter
from tests.models.glip.tiny import TINY, TINY_A, build_tiny, load_tokenizer

TOKENIZER = load_tokenizer()


build_shared = cache(build_tiny)  # a network keeps nothing: detectors may share one


def build_detector(
    config: GLIPConfig = TINY, *, rows: int = 1, picture_bytes: int = 2**24
) -> GLIPDetector:
    return GLIPDetector(
        build_shared(config),
        TOKENIZER,
        model_id="tiny",
        revision="1",
        card=ModelCard(score_floor=0.3),
        rows_a_batch=rows,
        picture_bytes=picture_bytes,
    )


QUESTIONS = [
    (picture_of(100, 80, 1), Prompt.parse("dog . red cat")),
    (picture_of(90, 75, 2), Prompt.parse("cat")),  # pads like the first
    (picture_of(50, 90, 3), Prompt.parse("a man with the red hat and two dogs")),
    (
        picture_of(100, 80, 1),
        Prompt.parse("wine bottle . dish . plate . cup . hat . man . car . dog"),
    ),
    (picture_of(33, 33, 4), Prompt.parse("dog . dog")),
]


@cache
def ask_alone(config: GLIPConfig) -> list[Detections]:
    """Each question to a detector that was never asked anything."""
    return [ask(build_detector(config), question)[0] for question in QUESTIONS]


@pytest.fixture(scope="module")
def detector() -> GLIPDetector:
    return build_detector()


@pytest.fixture(scope="module")
def short() -> GLIPDetector:
    return build_detector(replace(TINY, max_tokens=9))


class TestContract(DetectorContract):
    """GLIP does what every detector does."""


def test_fulfils_the_protocol() -> None:
    detector: Detector = build_detector()
    assert (detector.model_id, detector.revision, detector.vocabulary) == ("tiny", "1", frozenset())


@pytest.mark.parametrize("config", [TINY, TINY_A], ids=["fused", "not fused"])
def test_one_by_one_an_answer_never_depends_on_who_else_asks(config: GLIPConfig) -> None:
    alone = ask_alone(config)
    assert all(len(detections) for detections in alone)
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 1, 0]):
        together = ask(build_detector(config), *(QUESTIONS[at] for at in order))
        assert together == [alone[at] for at in order]


@pytest.mark.parametrize("config", [TINY, TINY_A], ids=["fused", "not fused"])
def test_stacked_an_answer_depends_on_mates_by_rounding_alone(config: GLIPConfig) -> None:
    alone = ask_alone(config)
    together = ask(build_detector(config, rows=8), *QUESTIONS)
    assert_equal_but_for_rounding(alone, together)


@pytest.mark.parametrize("config", [TINY, TINY_A], ids=["fused", "not fused"])
def test_a_second_question_spares_the_backbone_and_changes_nothing(config: GLIPConfig) -> None:
    detector = build_detector(config)
    seen = Counter(detector._model.backbone)
    picture, prompt = QUESTIONS[0]
    ask(detector, (picture, Prompt.parse("hat")))
    second = ask(detector, (picture, prompt))
    assert seen.calls == [1]
    assert second == ask(build_detector(config, picture_bytes=0), (picture, prompt))


def test_a_prompt_longer_than_the_model_reads_is_asked_in_parts() -> None:
    text = "dog . cat . man . hat . car . cup"
    whole, short = build_detector(), build_detector(replace(TINY, max_tokens=6))
    heard = Counter(short._model.language_backbone)
    (detections,) = ask(short, (QUESTIONS[0][0], Prompt.parse(text)))
    assert heard.calls == [1, 1, 1]
    assert set(detections.phrase_index) == set(range(6))
    assert ask(whole, (QUESTIONS[0][0], Prompt.parse(text)))[0] != detections


def test_each_part_answers_as_its_phrases_alone_would() -> None:
    detector = build_detector(replace(TINY, max_tokens=5))
    picture = QUESTIONS[0][0]
    parts, first = ask(
        detector, (picture, Prompt.parse("dog . cat, hat")), (picture, Prompt.parse("dog . cat"))
    )
    of_first = parts.phrase_index < 2
    np.testing.assert_array_equal(parts.xyxy[of_first], first.xyxy)
    np.testing.assert_array_equal(parts.scores[of_first], first.scores)


def test_a_list_by_lines_is_the_list_by_dots() -> None:
    picture = QUESTIONS[0][0]
    lines, dots = ask(
        build_detector(), (picture, Prompt.parse("dog\nhat")), (picture, Prompt.parse("dog.hat"))
    )
    assert lines == dots
