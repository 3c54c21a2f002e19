"""Words around names."""

import numpy as np
import pytest

from training.grammar import Wording, pluralise, word_phrase, write_prompt
from training.words import Language


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("dog", "dogs"), ("bus", "buses"), ("box", "boxes"), ("fly", "flies"), ("key", "keys"),
        ("computer mouse", "computer mice"), ("glass of milk", "glasses of milk"),
        ("fish", "fish"), ("glasses", "glasses"), ("maple leaf", "maple leaves"), ("food", "food"),
    ],
)  # fmt: skip
def test_pluralise(name: str, plural: str) -> None:
    assert pluralise(name) == plural


@pytest.mark.parametrize(
    ("language", "name", "parts"),
    [("en", "apple", ("large", "red", "apple")), ("zh", "苹果", ("大", "红", "苹果"))],
)
def test_every_stated_fact_is_in_the_phrase(
    language: Language, name: str, parts: tuple[str, ...]
) -> None:
    rng = np.random.default_rng(0)
    wording = Wording(language, name, "food")
    synonyms = {"large": "big"}
    for _ in range(30):
        text = word_phrase(rng, wording, colour="red", size="large")
        assert all(part in text or synonyms.get(part, part) in text for part in parts)


def test_a_count_takes_number_and_classifier() -> None:
    rng = np.random.default_rng(0)
    assert word_phrase(rng, Wording("en", "dog", "animal"), count=2) == "two dogs"
    assert word_phrase(rng, Wording("zh", "狗", "animal"), count=2) in {"两只狗", "两个狗"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_spans_cut_the_phrases_out_of_the_prompt(language: Language) -> None:
    rng = np.random.default_rng(2)
    phrases = ["a dog", "红色的狗", "two cats"]
    for _ in range(20):
        prompt, spans = write_prompt(rng, phrases, language)
        assert [prompt[start:end] for start, end in spans] == phrases
