"""Phrases to token ids."""

import pytest

from models.nano.tokenizer import PhraseTokenizer, pad_tokens

LEARNT = ["dog", "red dog", "a red dog", "狗", "红色的狗"] * 3


@pytest.fixture(scope="module")
def tokenizer() -> PhraseTokenizer:
    return PhraseTokenizer.learn(LEARNT, 64)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        pytest.param("red dog", "Red DOG", True, id="case"),
        pytest.param("red dog", "  red   dog ", True, id="spaces"),
        pytest.param("红色的狗", "红色的 狗", True, id="Chinese characters stand alone"),
        pytest.param("red dog", "dog red", False, id="order"),
    ],
)
def test_encode(tokenizer: PhraseTokenizer, one: str, other: str, *, equal: bool) -> None:
    assert (tokenizer.encode(one) == tokenizer.encode(other)) is equal


@pytest.mark.parametrize("text", ["", "\u200b", "🦄", "龘龘"])
def test_what_the_vocabulary_lacks_still_has_a_token(tokenizer: PhraseTokenizer, text: str) -> None:
    ids = tokenizer.encode(text)
    assert len(ids) >= 1
    assert set(ids) == {1}


def test_a_tokenizer_survives_as_text(tokenizer: PhraseTokenizer) -> None:
    again = PhraseTokenizer.from_json(tokenizer.as_json())
    assert again.encode("a red dog") == tokenizer.encode("a red dog")


def test_padding_is_zero_on_the_right() -> None:
    assert pad_tokens([(5, 6), (7,)]).tolist() == [[5, 6], [7, 0]]
