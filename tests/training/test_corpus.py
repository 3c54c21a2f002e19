"""What the tokenizer learns from."""

import pytest

from detection.prompt import Prompt
from tests.training.builders import learn_tokenizer
from training.corpus import list_phrases, list_unsplittable
from training.words import LANGUAGES, load_words


def test_every_name_is_in_the_corpus() -> None:
    corpus = set(list_phrases(rounds=1))
    assert all(name in corpus for language in LANGUAGES for name in load_words().names(language))


def test_the_corpus_is_the_same_each_time() -> None:
    assert list(list_phrases(rounds=1)) == list(list_phrases(rounds=1))


def test_no_known_name_has_an_unknown_piece() -> None:
    tokenizer = learn_tokenizer()
    names = [name for language in LANGUAGES for name in load_words().names(language)]
    assert [name for name in names if 1 in tokenizer.encode(name)] == []


@pytest.mark.parametrize(
    "phrase", ["a closed mailbox with raised flag", "three closed mailboxes with raised flag"]
)
def test_names_with_a_preposition_stay_whole_in_both_numbers(phrase: str) -> None:
    prompt = Prompt.parse(f"{phrase} . a dog", list_unsplittable())
    assert [found.text for found in prompt.phrases] == [phrase, "a dog"]
