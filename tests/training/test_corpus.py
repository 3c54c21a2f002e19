"""What the tokenizer learns from."""

from tests.training.builders import learn_tokenizer
from training.corpus import list_phrases
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
