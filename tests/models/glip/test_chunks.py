import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.prompt import Prompt
from models.glip.chunks import Chunk, split_caption
from models.glip.text import CaptionTokens
from tests.models.glip.tiny import load_tokenizer

TOKENIZER = load_tokenizer()
CLS, SEP = 2, 3


def read(chunk: Chunk, tokens: CaptionTokens, caption: str) -> list[tuple[int, str]]:
    """Each phrase with the first to last character its tokens write, by way of the ids."""
    words = []
    for writing in chunk.writings:
        ids = tuple(chunk.ids[at] for at in writing.positions)
        starts = [at for at in range(len(tokens.ids)) if tokens.ids[at : at + len(ids)] == ids]
        spans = [(tokens.spans[at][0], tokens.spans[at + len(ids) - 1][1]) for at in starts]
        words.append((writing.phrase, caption[slice(*spans[0])]))
    return words


TRAPS = {
    "car . cart . carrot": ["car", "cart", "carrot"],
    "dog . dog": ["dog", "dog"],
    "race car . car": ["race car", "car"],
    "the . a": ["the", "a"],
    "DOG . Red Dog": ["dog", "red dog"],
    "dog . cat . . ,": ["dog", "cat"],
    "a(b)* [c] . dog": ["a(b)* [c]", "dog"],
    "ｄｏｇ．cat": ["dog", "cat"],
}


@pytest.mark.parametrize(("text", "phrases"), TRAPS.items(), ids=TRAPS)
def test_each_phrase_has_its_own_tokens(text: str, phrases: list[str]) -> None:
    prompt = Prompt.parse(text)
    tokens = TOKENIZER.encode(prompt.caption)
    (chunk,) = split_caption(tokens, prompt.caption_spans, 48)
    positions = [list(writing.positions) for writing in chunk.writings]
    assert positions == sorted(positions)
    assert len({at for row in positions for at in row}) == sum(map(len, positions))
    written = [
        prompt.caption[tokens.spans[row[0]][0] : tokens.spans[row[-1]][1]] for row in positions
    ]
    assert written == phrases


def test_a_phrase_of_pieces_has_them_all() -> None:
    prompt = Prompt.parse("cats . jellyfish")
    (chunk,) = split_caption(TOKENIZER.encode(prompt.caption), prompt.caption_spans, 48)
    assert [list(writing.positions) for writing in chunk.writings] == [[1, 2], [4, 5]]


def test_a_long_caption_is_split_between_phrases() -> None:
    prompt = Prompt.parse("dog . red dog . cat . wine bottle . man")
    tokens = TOKENIZER.encode(prompt.caption)
    chunks = split_caption(tokens, prompt.caption_spans, 6)
    assert [[writing.phrase for writing in chunk.writings] for chunk in chunks] == [
        [0, 1],
        [2, 3],
        [4],
    ]
    assert all(chunk.ids[0] == CLS and chunk.ids[-1] == SEP for chunk in chunks)
    assert [word for chunk in chunks for word in read(chunk, tokens, prompt.caption)] == [
        (0, "dog"),
        (1, "red dog"),
        (2, "cat"),
        (3, "wine bottle"),
        (4, "man"),
    ]


def test_a_phrase_longer_than_a_chunk_is_divided() -> None:
    tokens = TOKENIZER.encode("red dog cat man hat")
    chunks = split_caption(tokens, [(0, 19)], 4)
    assert [chunk.ids for chunk in chunks] == [
        (CLS, *tokens.ids[1:3], SEP),
        (CLS, *tokens.ids[3:5], SEP),
        (CLS, tokens.ids[5], SEP),
    ]
    assert {writing.phrase for chunk in chunks for writing in chunk.writings} == {0}


def test_a_phrase_without_tokens_is_left_out() -> None:
    tokens = TOKENIZER.encode("dog \u0301 cat")
    chunks = split_caption(tokens, [(4, 5)], 48)
    assert chunks == []
    (chunk,) = split_caption(tokens, [(0, 3), (4, 5)], 48)
    assert chunk.build_positive_map(2, 6).int().tolist() == [[0, 1, 0, 0, 0, 0], [0] * 6]


@given(
    words=st.lists(
        st.sampled_from(["dog", "cats", "red", "zebra", "a(b)*", "🐶", "É"]), min_size=1
    ),
    cuts=st.data(),
    max_tokens=st.integers(3, 40),
)
def test_no_token_of_a_phrase_is_lost_or_doubled(
    words: list[str], cuts: st.DataObject, max_tokens: int
) -> None:
    separators = [cuts.draw(st.sampled_from([" ", " . ", ", "])) for _ in words]
    caption = "".join(word + separator for word, separator in zip(words, separators, strict=True))
    prompt = Prompt.parse(caption)
    tokens = TOKENIZER.encode(prompt.caption)
    chunks = split_caption(tokens, prompt.caption_spans, max_tokens)
    assert all(len(chunk.ids) <= max_tokens for chunk in chunks)
    for phrase, span in enumerate(prompt.caption_spans):
        written = [
            chunk.ids[at]
            for chunk in chunks
            for writing in chunk.writings
            if writing.phrase == phrase
            for at in writing.positions
        ]
        assert written == [tokens.ids[at] for at in tokens.find(span)]
