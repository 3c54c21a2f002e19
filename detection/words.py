"""The closed classes of words that tell where phrases begin and end; read once from words.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from detection.caption import fold

# Han characters stand alone, as Chinese writes no spaces; everything else is a word up to a space.
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = (
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\uff9e\uff9f\U000e0100-\U000e01ef"
)
_WORD = re.compile(rf"[{_HAN}][{_MARKS}]*|[^\s{_HAN}]+")
_SILENT = frozenset("PZCM")  # Unicode's major classes of punctuation, space, control and marks


class Role(StrEnum):
    """What a word does in a prompt: the tables of words.toml, which explains each."""

    LEAD = "leads"
    COURTESY = "courtesies"
    PARTICLE = "particles"
    LINK = "links"
    SPOT = "spots"
    CONJUNCTION = "conjunctions"
    RELATION = "relations"
    COPULA = "copulas"
    RELATIVE = "relatives"
    ARTICLE = "articles"
    QUANTITY = "quantities"
    NUMERAL = "numerals"
    CLASSIFIER = "classifiers"
    PLACE = "places"
    ACTION = "actions"
    STATE = "states"
    PRONOUN = "pronouns"
    ADJECTIVE = "adjectives"
    NAME = "names"
    THING = "thing"  # every word that is in no table
    MARK = "mark"  # punctuation that separates nothing


class Word(NamedTuple):
    """A word and its span of code points; `key` is its folded text, bare of punctuation."""

    key: str
    start: int
    end: int


Key = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Which runs of words have which roles."""

    roles: Mapping[Key, tuple[Role, ...]]
    names: frozenset[Key]  # in the singular
    longest: int = field(init=False)  # words of the longest entry

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest", max(map(len, [*self.roles, *self.names])))

    def read(self, words: Sequence[Word], at: int, *, opening: bool) -> tuple[Role, int]:
        """Return the role of the longest entry that starts at word `at`, and its number of words.

        A lead counts only where `opening` says that nothing but leads stands before it.
        """
        keys = tuple(word.key for word in words[at : at + self.longest])
        for length in range(len(keys), 0, -1):
            if tuple(map(_singular, keys[:length])) in self.names:
                return Role.NAME, length
            for role in self.roles.get(keys[:length], ()):
                if opening or role is not Role.LEAD:
                    return role, length
        return _role_of_unlisted(keys[0]), 1


def words_in(text: str, start: int, end: int) -> Iterator[Word]:
    """Return the words between two offsets of `text`."""
    for match in _WORD.finditer(text, start, end):
        yield Word(_key(match[0]), match.start(), match.end())


def is_named(text: str) -> bool:
    """Whether anything but punctuation, space and marks is in `text`."""
    return not all(map(_is_silent, text))


@lru_cache(maxsize=16)
def lexicon_with(vocabulary: frozenset[str]) -> Lexicon:
    """Return the words of words.toml, and the names of a model's vocabulary that might be cut."""
    names = (tuple(map(_singular, _keys(name))) for name in vocabulary)
    return Lexicon(_tables()[0], _tables()[1] | {name for name in names if len(name) > 1})


@cache
def _tables() -> tuple[Mapping[Key, tuple[Role, ...]], frozenset[Key]]:
    tables = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    roles: dict[Key, tuple[Role, ...]] = {}
    names = frozenset(tuple(map(_singular, _keys(name))) for name in _entries(tables.pop("names")))
    for table, languages in tables.items():
        for entry in _entries(languages):
            roles[_keys(entry)] = (*roles.get(_keys(entry), ()), Role(table))
    return roles, names


def _entries(languages: Mapping[str, Sequence[str]]) -> Iterable[str]:
    return (entry for entries in languages.values() for entry in entries)


def _keys(entry: str) -> Key:
    return tuple(word.key for word in words_in(entry, 0, len(entry)))


def _key(text: str) -> str:
    """Fold a word and take the punctuation off its ends; punctuation alone stays."""
    folded = fold(text).replace("’", "'")
    named = [at for at, character in enumerate(folded) if not _is_silent(character)]
    return folded[named[0] : named[-1] + 1] if named else folded


def _is_silent(character: str) -> bool:
    return unicodedata.category(character)[0] in _SILENT


def _singular(key: str) -> str:
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key


def _role_of_unlisted(key: str) -> Role:
    if key.isdecimal():
        return Role.NUMERAL
    return Role.THING if is_named(key) else Role.MARK
