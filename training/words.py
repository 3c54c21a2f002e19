"""What may stand in a scene and every name it answers to, in English and Chinese.

A *thing* is one emoji of ``nouns.tsv`` or one geometric shape. Clashes are settled by name strings:
whatever carries a name answers to it, so "star" means the emoji and the shape, "ring" the jewel and
the shape; "orange" alone is the fruit, before a noun it is a colour.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
NOUNS_FILE = Path(__file__).parent / "nouns.tsv"

SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "circle": (("circle",), ("圆形", "圆")),
    "square": (("square",), ("正方形", "方形")),
    "triangle": (("triangle",), ("三角形",)),
    "star": (("star",), ("五角星", "星形")),
    "rectangle": (("rectangle",), ("长方形", "矩形")),
    "diamond": (("diamond", "rhombus"), ("菱形",)),
    "pentagon": (("pentagon",), ("五边形",)),
    "hexagon": (("hexagon",), ("六边形",)),
    "heart": (("heart",), ("心形", "爱心")),
    "cross": (("cross",), ("十字", "十字形")),
    "ellipse": (("ellipse", "oval"), ("椭圆", "椭圆形")),
    "ring": (("ring",), ("圆环", "环形")),
    "arrow": (("arrow",), ("箭头",)),
    "crescent": (("crescent",), ("月牙", "月牙形")),
}
COLOURS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "red": (("red",), ("红色", "红")),
    "orange": (("orange",), ("橙色", "橘色")),
    "yellow": (("yellow",), ("黄色", "黄")),
    "green": (("green",), ("绿色", "绿")),
    "blue": (("blue",), ("蓝色", "蓝")),
    "purple": (("purple", "violet"), ("紫色", "紫")),
    "pink": (("pink",), ("粉色", "粉红色")),
    "brown": (("brown",), ("棕色", "褐色")),
    "black": (("black",), ("黑色", "黑")),
    "white": (("white",), ("白色", "白")),
    "gray": (("gray", "grey"), ("灰色", "灰")),
}
SIZES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "small": (("small", "little"), ("小", "小的")),
    "large": (("large", "big"), ("大", "大的")),
}
GROUPS: dict[str, tuple[str, str]] = {
    "animal": ("animal", "动物"),
    "vehicle": ("vehicle", "交通工具"),
    "food": ("food", "食物"),
    "plant": ("plant", "植物"),
    "clothing": ("clothing", "服饰"),
}


@dataclass(frozen=True)
class Thing:
    """One drawable thing: an emoji (``glyph``) or a geometric shape (``shape``, key in SHAPES)."""

    names: dict[Language, tuple[str, ...]]
    group: str
    glyph: str | None = None
    shape: str | None = None

    @property
    def may_be_tinted(self) -> bool:
        """Whether a colour can be laid over it without contradicting one of its own names."""
        words = " ".join(self.names["en"] + self.names["zh"])
        return not any(colour in words for colour in _COLOUR_MARKS)


_COLOUR_MARKS = (*COLOURS, "红", "橙", "黄", "绿", "蓝", "紫", "青", "棕", "黑", "白", "灰")


@dataclass(frozen=True)
class Words:
    """All things, and for each name which of them it certainly or possibly means (by index)."""

    things: tuple[Thing, ...]
    truth: dict[Language, dict[str, frozenset[int]]]
    doubt: dict[Language, dict[str, frozenset[int]]]

    def names(self, language: Language) -> tuple[str, ...]:
        """Every name of a thing in ``language``, in a fixed order."""
        return tuple(self.truth[language])

    def unsplittable(self) -> frozenset[str]:
        """Names of several words, which a prompt parser must keep whole."""
        english = {name for name in self.truth["en"] if " " in name}
        return frozenset(english | {name for name in self.truth["zh"] if len(name) > 1})


@cache
def load_words() -> Words:
    """Read ``nouns.tsv``, add the shapes, and work out what each name means."""
    things = (*_load_nouns(), *_list_shapes())
    truth = {language: _index(things, language) for language in LANGUAGES}
    doubt = {language: _find_doubts(things, truth, language) for language in LANGUAGES}
    return Words(things, truth, doubt)


def _load_nouns() -> Iterable[Thing]:
    with NOUNS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    first_chinese: dict[str, str] = {}
    for codepoints, group, english, chinese in (row.values() for row in rows):
        names_en = _split(english.replace("’", "'"))
        names_zh = _split(chinese)
        if group == "animal":  # a guide dog is also simply 狗, as its English names say
            shared = first_chinese.setdefault(names_en[0], names_zh[0])
            names_zh = tuple(dict.fromkeys((*names_zh, shared)))
        glyph = "".join(chr(int(point.removeprefix("U+"), 16)) for point in codepoints.split())
        yield Thing({"en": names_en, "zh": names_zh}, group, glyph=glyph)


def _split(names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip().lower() for name in names.split("|")))


def _list_shapes() -> Iterable[Thing]:
    for key, (english, chinese) in SHAPES.items():
        yield Thing({"en": english, "zh": chinese}, "shape", shape=key)


def _index(things: tuple[Thing, ...], language: Language) -> dict[str, frozenset[int]]:
    index: dict[str, set[int]] = {}
    for number, thing in enumerate(things):
        for name in thing.names[language]:
            index.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in index.items()}


def _find_doubts(
    things: tuple[Thing, ...],
    truth: dict[Language, dict[str, frozenset[int]]],
    language: Language,
) -> dict[str, frozenset[int]]:
    """Things that share another name with a bearer of this name, but not the name itself."""
    other: Language = "zh" if language == "en" else "en"
    doubts: dict[str, frozenset[int]] = {}
    for name, numbers in truth[language].items():
        relatives = [truth[other][alias] for n in numbers for alias in things[n].names[other]]
        doubts[name] = frozenset().union(*relatives) - numbers
    return doubts
