"""What may be asked about a scene: phrases with the boxes they mean, absent ones included.

A phrase whose truth is open (a natural dog asked for as "red dog") is never asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.grammar import Wording, word_phrase
from training.scenes import Placed, Scene
from training.words import COLOURS, GROUPS, SIZES, Language, Words

Kind = Literal["noun", "shape", "colour+noun", "colour+shape", "size", "group", "count", "unknown"]
ABSENT_SHARE = 0.5
GROUP_SHARE = 0.12  # of the phrases about a thing that belongs to a group
UNKNOWN_SHARE = 0.06  # of all phrases, so that some 15-20 % of the captions hold an unknown word
_LATIN = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Ask:
    """A phrase and what it means: indices into ``Scene.placed``, empty when absent."""

    text: str
    kind: Kind
    language: Language
    answers: tuple[int, ...]


@dataclass(frozen=True)
class Meaning:
    """What a phrase claims: a name or a group, and perhaps a colour, a size, a count."""

    name: str
    colour: str | None = None
    size: str | None = None
    count: int | None = None


@dataclass(frozen=True)
class Habits:
    """What an asker likes to ask. The defaults are a user's; training asks harder."""

    group_share: float = GROUP_SHARE
    alike_share: float = 0.0  # of the absent things: one alike to something that is there
    alike: Sequence[Sequence[int]] = ()  # for each thing those it may be taken for


class Asker:
    """Invents phrases about scenes."""

    def __init__(self, words: Words, habits: Habits | None = None) -> None:
        """Take the words phrases are made of, and what is asked how often."""
        self._words, self._habits = words, habits or Habits()
        self._groups = {
            word: frozenset(n for n, thing in enumerate(words.things) if thing.group == group)
            for group, names in GROUPS.items()
            for word in names
        }

    def ask(
        self, rng: np.random.Generator, scene: Scene, count: int, language: Language
    ) -> list[Ask]:
        """Up to ``count`` different phrases in one language, about half of them absent."""
        asks: dict[str, Ask] = {}
        for _ in range(count * 3):
            if len(asks) == count:
                break
            ask = self._ask_once(rng, scene, language)
            if ask is not None:
                asks.setdefault(ask.text, ask)
        return list(asks.values())

    def _ask_once(self, rng: np.random.Generator, scene: Scene, language: Language) -> Ask | None:
        if rng.random() < UNKNOWN_SHARE:
            return Ask(_invent_word(rng, language), "unknown", language, ())
        wants_absent = rng.random() < ABSENT_SHARE
        meaning, kind = self._pick_meaning(rng, scene, language, wants_absent=wants_absent)
        answers = self.find(meaning, scene, language)
        if answers is None or bool(answers) == wants_absent:
            return None
        wording = Wording(language, meaning.name, self._group_of(meaning.name, language))
        text = word_phrase(
            rng, wording, colour=meaning.colour, size=meaning.size, count=meaning.count
        )
        if text in self._words.truth[language] and text != meaning.name:
            return None  # 小 + 鸡 would read as the chick 小鸡
        return Ask(text, kind, language, answers)

    def _pick_meaning(
        self, rng: np.random.Generator, scene: Scene, language: Language, *, wants_absent: bool
    ) -> tuple[Meaning, Kind]:
        """A thing of the scene or of the dictionary, then which of its facts the phrase states."""
        from_scene = bool(scene.placed) and (not wants_absent or rng.random() < 0.45)
        placed = scene.placed[int(rng.integers(len(scene.placed)))] if from_scene else None
        number = placed.thing if placed else self._pick_other(rng, scene)
        thing = self._words.things[number]
        name = str(rng.choice(thing.names[language]))
        colour = placed.colour if placed else str(rng.choice(list(COLOURS)))
        size = placed.size if placed else str(rng.choice(list(SIZES)))
        if placed and wants_absent:  # contradict one fact of something that is there
            colour, size = _other(rng, COLOURS, colour), _other(rng, SIZES, size)
        draw = rng.random()
        if thing.group in GROUPS:
            share = self._habits.group_share
            if draw < share:
                return Meaning(GROUPS[thing.group][language == "zh"]), "group"
            rest = (1 - GROUP_SHARE) / (1 - share)  # keeps the other kinds' proportions
            draw = GROUP_SHARE + (draw - share) * rest
        if draw < 0.3 and size:
            return Meaning(name, size=size, colour=colour if rng.random() < 0.15 else None), "size"
        if draw < 0.36:
            return Meaning(name, count=int(rng.integers(1, 4))), "count"
        if thing.shape:
            return (
                (Meaning(name, colour=colour), "colour+shape")
                if draw < 0.8
                else (Meaning(name), "shape")
            )
        if colour and draw < (0.9 if placed else 0.5) and thing.may_be_tinted:
            return Meaning(name, colour=colour), "colour+noun"
        return Meaning(name), "noun"

    def _pick_other(self, rng: np.random.Generator, scene: Scene) -> int:
        """Any thing of the dictionary, or one that something in the scene may be taken for."""
        habits = self._habits
        if habits.alike and scene.placed and rng.random() < habits.alike_share:
            shown = scene.placed[int(rng.integers(len(scene.placed)))]
            return int(rng.choice(habits.alike[shown.thing]))
        return int(rng.integers(len(self._words.things)))

    def find(self, meaning: Meaning, scene: Scene, language: Language) -> tuple[int, ...] | None:
        """Indices of what the meaning fits, or None when that cannot be said for certain."""
        group = self._groups.get(meaning.name)
        named = group or self._words.truth[language].get(meaning.name, frozenset())
        doubted = frozenset() if group else self._words.doubt[language][meaning.name]
        fits: list[int] = []
        for index, placed in enumerate(scene.placed):
            if placed.thing not in named | doubted:
                continue
            verdict = _fits(meaning, placed)
            if verdict is None or (placed.thing in doubted and verdict):
                return None
            if verdict:
                fits.append(index)
        if meaning.count and fits and len(fits) != meaning.count:
            return None
        return tuple(fits)

    def _group_of(self, name: str, language: Language) -> str:
        numbers = self._groups.get(name) or self._words.truth[language][name]
        return self._words.things[min(numbers)].group


def _fits(meaning: Meaning, placed: Placed) -> bool | None:
    """Whether colour and size agree; None when one is undecided and nothing rules it out."""
    colour = None if placed.colour is None else placed.colour == meaning.colour
    size = None if placed.size is None else placed.size == meaning.size
    verdicts = [colour] * (meaning.colour is not None) + [size] * (meaning.size is not None)
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _other(rng: np.random.Generator, choices: Iterable[str], but: str | None) -> str:
    """One of the choices, anything but ``but``."""
    return str(rng.choice([choice for choice in choices if choice != but]))


def _invent_word(rng: np.random.Generator, language: Language) -> str:
    """A word the dictionary lacks: random letters, or random common Chinese characters."""
    length = int(rng.integers(3, 9))
    if language == "en":
        return "".join(rng.choice(list(_LATIN), length))
    return "".join(chr(int(rng.integers(0x4E00, 0x6FFF))) for _ in range(2 + length % 3))
