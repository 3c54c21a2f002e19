"""Look-alikes: others, of the same sort of thing, and as many as asked for."""

from models.nano.tokenizer import PhraseTokenizer
from tests.models.nano.builders import TINY, build_tiny_network
from tests.training.builders import needs_font
from training.lookalikes import COUNT, find_lookalikes
from training.sprites import render_noto
from training.words import SHAPES, load_words


@needs_font
def test_everything_has_lookalikes_and_none_is_its_own() -> None:
    words = load_words()
    tokenizer = PhraseTokenizer.learn(["a red dog"], TINY.vocabulary_size)
    sprites = render_noto(tuple(thing.glyph for thing in words.things if thing.glyph))
    alike = find_lookalikes(build_tiny_network(), tokenizer, words, sprites)
    assert len(alike) == len(words.things)
    for number, others in enumerate(alike):
        is_shape = words.things[number].shape is not None
        assert number not in others
        assert len(set(others)) == (len(SHAPES) - 1 if is_shape else COUNT)
        assert all((words.things[other].shape is not None) is is_shape for other in others)
