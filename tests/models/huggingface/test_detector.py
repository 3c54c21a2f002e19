"""The family behind the socket: aligned, and independent of batch mates."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from detection.detector import Detector
from detection.prompt import Prompt
from models.glip.chunks import Chunk
from models.huggingface.detector import GroundingDINODetector
from models.huggingface.load import load_grounding_dino
from models.huggingface.preprocess import normalise
from tests.models.detector_contract import (
    DetectorContract,
    Question,
    ask,
    assert_equal_but_for_rounding,
    picture_of,
)
from tests.models.huggingface.tiny import KINDS, VOCABULARY, save_tiny


@pytest.fixture(scope="module", params=KINDS)
def detector(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> GroundingDINODetector:
    folder = save_tiny(tmp_path_factory.mktemp("dino"), request.param)
    return load_grounding_dino("tiny", folder, device="cpu")


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> GroundingDINODetector:
    """A detector whose network reads 9 tokens at once."""
    folder = save_tiny(tmp_path_factory.mktemp("short"), max_text_len=9)
    return load_grounding_dino("short", folder, device="cpu")


QUESTIONS: list[Question] = [
    (picture_of(100, 80, 1), Prompt.parse("dog . red cat")),
    (picture_of(50, 90, 2), Prompt.parse("the red hat beside a dog")),
    (picture_of(100, 80, 3), Prompt.parse("car . red hat")),  # alike with the first
    (picture_of(100, 80, 1), Prompt.parse("car . cart . carrot . apple . pineapple")),
    (picture_of(33, 33, 4), Prompt.parse("dog . dog")),
]


def write(chunk: Chunk) -> list[str]:
    """The tokens of a chunk as words."""
    return [VOCABULARY[number] for number in chunk.ids]


class TestContract(DetectorContract):
    """The family does what every detector does."""


def test_fulfils_the_protocol(detector: GroundingDINODetector) -> None:
    socket: Detector = detector
    assert (socket.model_id, socket.vocabulary) == ("tiny", frozenset())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("car . cart . carrot", ["car", "cart", "car ##rot"]),
        ("pineapple . apple", ["pine ##apple", "apple"]),
        ("race car . car", ["race car", "car"]),
        ("a cat beside a cat toy", ["a cat", "a cat toy"]),
        ("dog . dog", ["dog", "dog"]),
        ("Dog . ＣＡＴ . . .", ["dog", "cat"]),
        ("a(b)* . [c]", ["a ( b ) *", "[ c ]"]),
        ("it . 🐶", ["it", "[UNK]"]),
    ],
)
def test_a_phrase_is_exactly_its_own_tokens(
    detector: GroundingDINODetector, text: str, written: Sequence[str]
) -> None:
    (chunk,) = detector._split(Prompt.parse(text))
    words = write(chunk)
    found = [" ".join(words[at] for at in writing.positions) for writing in chunk.writings]
    assert found == written


def test_a_score_is_the_mean_of_the_phrase_s_own_tokens(detector: GroundingDINODetector) -> None:
    image, prompt = QUESTIONS[0]
    ids = [VOCABULARY.index(word) for word in ("[CLS]", "dog", ".", "red", "cat", ".", "[SEP]")]
    resized = torch.tensor(detector.prepare(image, prompt).resized)
    with torch.inference_mode():
        raw = detector._network(
            pixel_values=normalise(resized, detector._rules)[None], input_ids=torch.tensor([ids])
        )
    tokens = raw.logits[0].sigmoid().numpy()
    expected = np.stack([tokens[:, 1], tokens[:, 3:5].mean(1)], 1)
    (found,) = ask(detector, (image, prompt))
    assert set(found.phrase_index) == {0, 1}
    for scores in found.phrase_scores:
        assert np.abs(expected - scores).max(1).min() < 1e-5
    best = expected.max(0)
    for phrase in range(2):
        assert found.scores[found.phrase_index == phrase].max() == pytest.approx(best[phrase])


@pytest.mark.parametrize(
    "text", ["dog . red hat", "dog . red hat .", "dog\nred hat", "dog。red hat"]
)
def test_the_last_phrase_is_closed_by_a_dot(detector: GroundingDINODetector, text: str) -> None:
    (chunk,) = detector._split(Prompt.parse(text))
    assert write(chunk) == ["[CLS]", "dog", ".", "red", "hat", ".", "[SEP]"]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 1, 0]])
def test_an_answer_never_depends_on_who_else_asks(
    detector: GroundingDINODetector, order: list[int]
) -> None:
    together = ask(detector, *(QUESTIONS[at] for at in order))
    alone = [ask(detector, QUESTIONS[at])[0] for at in order]
    assert all(map(len, alone))
    assert together == alone


def test_stacked_an_answer_depends_on_mates_by_rounding_alone(
    detector: GroundingDINODetector,
) -> None:
    stacking = GroundingDINODetector(
        detector._network,
        detector._tokenizer,
        detector._rules,
        model_id="stacking",
        revision="1",
        card=detector.card,
        rows_a_batch=8,
    )
    assert_equal_but_for_rounding(ask(stacking, *QUESTIONS), ask(detector, *QUESTIONS))


def test_a_prompt_of_more_tokens_than_256_is_asked_in_parts(
    detector: GroundingDINODetector,
) -> None:
    prompt = Prompt.parse("b\n" * 180)
    chunks = detector._split(prompt)
    assert [len(chunk.ids) <= 256 for chunk in chunks] == [True, True]
    assert [writing.phrase for chunk in chunks for writing in chunk.writings] == list(range(180))
    (found,) = ask(detector, (QUESTIONS[0][0], prompt))
    assert found.phrase_count == 180
    assert set(found.phrase_index) == set(range(180))


def test_each_part_answers_as_its_phrases_alone_would(short: GroundingDINODetector) -> None:
    picture = QUESTIONS[0][0]
    parts, first = ask(
        short,
        (picture, Prompt.parse("dog . red cat . the hat . car")),
        (picture, Prompt.parse("dog . red cat")),
    )
    assert set(parts.phrase_index) == {0, 1, 2, 3}
    of_first = parts.phrase_index < 2
    np.testing.assert_array_equal(parts.xyxy[of_first], first.xyxy)
    np.testing.assert_array_equal(parts.scores[of_first], first.scores)
