"""Words phrases and prompts: determiners, classifiers, plurals, lists and sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.words import COLOURS, GROUPS, SIZES, Language

_NUMBERS_EN = {1: "one", 2: "two", 3: "three"}
_NUMBERS_ZH = {1: "一", 2: "两", 3: "三"}
_CLASSIFIERS = {"animal": "只", "vehicle": "辆", "plant": "棵", "clothing": "件", "building": "座"}
_IRREGULAR = {
    "mouse": "mice", "leaf": "leaves", "knife": "knives", "fish": "fish", "deer": "deer",
    "shrimp": "shrimp", "french fries": "french fries",
    "food": "food", "clothing": "clothing",
}  # fmt: skip
_UNCOUNTED = {"food", "clothing"}
_LEAD_INS_EN = ("find ", "show me ", "where is ", "detect ", "there is ")
_LEAD_INS_ZH = ("找出", "图中有", "请找到", "画面里有", "检测")
_JOINTS_EN = (" and ", " next to ", " beside ", " with ", " near ")
_JOINTS_ZH = ("和", "旁边有", "以及", "与")


@dataclass(frozen=True)
class Wording:
    """A name to be dressed, its language, and the group that decides its classifier."""

    language: Language
    name: str
    group: str


def word_phrase(
    rng: np.random.Generator,
    wording: Wording,
    *,
    colour: str | None = None,
    size: str | None = None,
    count: int | None = None,
) -> str:
    """A noun phrase: perhaps a determiner or number, the stated size and colour, the name."""
    if wording.language == "zh":
        return _word_chinese(rng, wording, colour, size, count)
    adjectives = [
        _pick(rng, table[word][0]) for table, word in ((SIZES, size), (COLOURS, colour)) if word
    ]
    is_plural = count is not None and count > 1
    name = pluralise(wording.name) if is_plural else wording.name
    words = " ".join([*adjectives, name])
    if count is not None:
        return f"{_NUMBERS_EN[count]} {words}" if wording.name not in _UNCOUNTED else words
    draw = rng.random()
    if draw < 0.5:
        return words
    if draw < 0.65:
        return f"the {words}"
    if draw < 0.75:
        return " ".join([*adjectives, pluralise(wording.name)])
    return words if wording.name in _UNCOUNTED else f"{_article(words)} {words}"


def _word_chinese(
    rng: np.random.Generator,
    wording: Wording,
    colour: str | None,
    size: str | None,
    count: int | None,
) -> str:
    parts = []
    if size:
        parts.append(_pick(rng, SIZES[size][1]))
    if colour:
        parts.append(_pick(rng, COLOURS[colour][1]) + ("的" if rng.random() < 0.4 else ""))
    if len(parts) == 2 and parts[1].endswith("的"):
        parts.reverse()
    text = "".join([*parts, wording.name])
    classifier = "个" if rng.random() < 0.3 else _CLASSIFIERS.get(wording.group, "个")
    if wording.name in {chinese for _, chinese in GROUPS.values()}:
        classifier = {"动物": "只", "植物": "棵"}.get(wording.name, "种" if count is None else "件")
    if count is not None:
        return f"{_NUMBERS_ZH[count]}{classifier}{text}"
    draw = rng.random()
    if draw < 0.6:
        return text
    return f"{'一' if draw < 0.85 else _pick(rng, ('这', '那'))}{classifier}{text}"


def pluralise(name: str) -> str:
    """The plural of an English name; its head stands last, or before a preposition."""
    if name in _IRREGULAR:
        return _IRREGULAR[name]
    for joint in (" of ", " with ", " in ", " on "):
        if joint in name:
            head, tail = name.split(joint, 1)
            return pluralise(head) + joint + tail
    rest, _, last = name.rpartition(" ")
    if last in _IRREGULAR:
        return f"{rest} {_IRREGULAR[last]}".strip()
    return name[: len(name) - len(last)] + _pluralise_word(last)


def _pluralise_word(word: str) -> str:
    if word.endswith("s") and not word.endswith("ss"):
        return word if word not in {"bus", "minibus", "hippopotamus", "octopus"} else word + "es"
    if word.endswith(("ss", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _article(words: str) -> str:
    return "an" if words[0] in "aeiou" else "a"


def write_prompt(
    rng: np.random.Generator, phrases: Sequence[str], language: Language
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Join phrases into a list or a sentence; returns it with the span of each phrase."""
    is_sentence = rng.random() < 0.35
    english = language == "en"
    if is_sentence:
        lead = _pick(rng, _LEAD_INS_EN if english else _LEAD_INS_ZH)
        joints = [_pick(rng, _JOINTS_EN if english else _JOINTS_ZH) for _ in phrases[1:]]
    else:
        lead = ""
        joint = _pick(rng, (" . ", ". ", ", ", "; ") if english else ("。", "，", "、", "；"))
        joints = [joint] * (len(phrases) - 1)
    return _concatenate(lead, phrases, joints)


def _concatenate(
    lead: str, phrases: Sequence[str], joints: Sequence[str]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    text, spans = lead, []
    for phrase, joint in zip(phrases, [*joints, ""], strict=True):
        spans.append((len(text), len(text) + len(phrase)))
        text += phrase + joint
    return text, tuple(spans)


def _pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    """One of the choices; the first, the usual word, in half of all cases."""
    if len(choices) == 1 or rng.random() < 0.5:
        return choices[0]
    return choices[int(rng.integers(1, len(choices)))]
