"""Prompt: what the user typed, the phrases in it, and the caption a text encoder gets.

Every offset is a half-open span of code points, into the text exactly as it was received.
"""

import unicodedata
from dataclasses import dataclass
from typing import Self

from detection.caption import fold_with_offsets
from detection.characters import is_refused
from detection.errors import PromptCharacter, PromptEmpty, PromptTooLong, PromptWithoutPhrase
from detection.phrases import find_phrases

MAX_LENGTH = 500  # code points


@dataclass(frozen=True)
class Phrase:
    """A stretch of the prompt that names a thing: `text == prompt.text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Prompt:
    """A prompt with its phrases in reading order; at least one, none empty, none overlapping.

    `caption` is the normalised copy for the text encoder; `caption_spans[i]` is where `phrases[i]`
    lies in it. Equal phrases are different phrases, told apart by their span.
    """

    text: str
    phrases: tuple[Phrase, ...]
    caption: str
    caption_spans: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str, vocabulary: frozenset[str] = frozenset()) -> Self:
        """Find the phrases in what the user typed; names in `vocabulary` are never split.

        Raises PromptTooLong, PromptEmpty, PromptCharacter or PromptWithoutPhrase.
        """
        _check(text)
        phrases = tuple(
            Phrase(text[start:end], start, end) for start, end in find_phrases(text, vocabulary)
        )
        if not phrases:
            raise PromptWithoutPhrase
        caption, starts, ends = fold_with_offsets(text)
        spans = tuple((starts[phrase.start], ends[phrase.end - 1]) for phrase in phrases)
        return cls(text, phrases, caption, spans)


def _check(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise PromptTooLong(length=len(text), limit=MAX_LENGTH)
    if not text.strip():
        raise PromptEmpty
    for position, character in enumerate(text, start=1):
        if is_refused(character):
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            raise PromptCharacter(name=name, position=position)
