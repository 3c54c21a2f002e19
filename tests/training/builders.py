"""What the tests of training share: the words, a painter of real sprites, a tokenizer."""

from functools import cache

import pytest

from models.nano.tokenizer import PhraseTokenizer
from training.corpus import list_phrases
from training.scenes import Painter, Placed
from training.sprites import NOTO_FONT, load_styles
from training.words import load_words

needs_font = pytest.mark.skipif(
    not NOTO_FONT.exists(), reason="Debian's fonts-noto-color-emoji is not installed"
)


@cache
def build_painter() -> Painter:
    words = load_words()
    glyphs = [thing.glyph for thing in words.things if thing.glyph]
    return Painter(words, load_styles(glyphs, ()))


@cache
def learn_tokenizer() -> PhraseTokenizer:
    return PhraseTokenizer.learn(list_phrases(rounds=1), 2048)


def place(english: str, *, colour: str | None = None, share: float = 0.3) -> Placed:
    """The first thing of that English name, with a colour and a share of the scene's side."""
    thing = min(load_words().truth["en"][english])
    return Placed(thing, colour, (0.0, 0.0, 10.0, 10.0), share)
