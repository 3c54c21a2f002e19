"""The alignment contract: every phrase is a stretch of exactly what was typed."""

import time
from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.caption import fold
from detection.errors import (
    BadPrompt,
    PromptCharacter,
    PromptEmpty,
    PromptTooLong,
    PromptWithoutPhrase,
)
from detection.prompt import MAX_LENGTH, Prompt

VOCABULARY = frozenset({"bow and arrow", "cup with straw", "弓和箭", "dog", "猫"})


def phrases_of(text: str, vocabulary: frozenset[str] = frozenset()) -> list[str]:
    return [phrase.text for phrase in Prompt.parse(text, vocabulary).phrases]


LISTS = {
    "car . cart . carrot": ["car", "cart", "carrot"],
    "race car . car": ["race car", "car"],
    "pineapple . apple": ["pineapple", "apple"],
    "A Dog . THE RED Cup": ["A Dog", "THE RED Cup"],
    "🐶 . a 🐱 beside 🍎": ["🐶", "a 🐱", "🍎"],
    "Ａ　ｄｏｇ．　ｃａｔ": ["Ａ　ｄｏｇ", "ｃａｔ"],
    "a(b)* [c]": ["a(b)* [c]"],
    "a(b)* [c] . dog": ["a(b)* [c]", "dog"],
    "dog . cat . . ": ["dog", "cat"],
    "dog.cat": ["dog", "cat"],
    "dog, cat; bird\nfish": ["dog", "cat", "bird", "fish"],
    "狗。猫，鸟、鱼；马": ["狗", "猫", "鸟", "鱼", "马"],
    "一只狗。红色杯子": ["一只狗", "红色杯子"],
    "狗 猫 鸟": ["狗", "猫", "鸟"],
    "dog/cat": ["dog", "cat"],
    "1. dog\n2. a cat": ["dog", "a cat"],
    "- a dog\r\n- a cat": ["a dog", "a cat"],
    "the . with . dog": ["the", "with", "dog"],
    "7 . 8": ["7", "8"],
    "it": ["it"],
    "of the": ["of the"],
    "a 1.5 liter bottle . 1,000 people": ["a 1.5 liter bottle", "1,000 people"],
    "the U.S. flag . a St. Bernard": ["the U.S. flag", "a St. Bernard"],
    "<script>alert(1)</script>": ["<script>alert(1)</script>"],
    "'the dog' and “a cat”": ["the dog", "a cat"],
    "“狗”和「猫」": ["狗", "猫"],
    "ｶﾞﾗｽ . 강아지 . собака": ["ｶﾞﾗｽ", "강아지", "собака"],
}

ENGLISH = {
    "a cat beside a cat toy": ["a cat", "a cat toy"],
    "find the red cup and two small dogs": ["the red cup", "two small dogs"],
    "a dog . the red cup": ["a dog", "the red cup"],
    "Where is the cat?": ["the cat"],
    "please find a dog, thanks": ["a dog"],
    "can you find all the dogs in the picture?": ["all the dogs"],
    "a black and white cat sitting on a red sofa": ["a black and white cat", "a red sofa"],
    "an orange and a banana": ["an orange", "a banana"],
    "a man riding a horse": ["a man", "a horse"],
    "man riding horse": ["man", "horse"],
    "a small running dog": ["a small running dog"],
    "a sleeping cat next to a running dog": ["a sleeping cat", "a running dog"],
    "find the dog that is running": ["the dog"],
    "that dog and these cats": ["that dog", "these cats"],
    "the dog is red": ["the dog"],
    "the cat on the left": ["the cat"],
    "give the man the ball": ["the man", "the ball"],
    "a cup of coffee on top of the table": ["a cup of coffee", "the table"],
    "the man's hat": ["the man's hat"],
    "dog & cat": ["dog", "cat"],
    "salt and pepper on a table": ["salt and pepper", "a table"],
}

CHINESE = {
    "图中有一只红色的狗和两个杯子": ["一只红色的狗", "两个杯子"],
    "请找出左边的猫，还有狗": ["左边的猫", "狗"],
    "狗旁边的猫": ["狗", "猫"],
    "一只狗旁边有一只猫": ["一只狗", "一只猫"],
    "一只狗一只猫": ["一只狗", "一只猫"],
    "左边一只狗，右边一只猫": ["一只狗", "一只猫"],
    "桌子上的杯子": ["桌子", "杯子"],
    "一只猫坐在沙发上": ["一只猫", "沙发"],
    "一个女孩牵着一只狗": ["一个女孩", "一只狗"],
    "一个穿着红色衣服的女孩和她的妈妈": ["一个穿着红色衣服的女孩", "她的妈妈"],
    "红色和蓝色的球": ["红色和蓝色的球"],
    "高跟鞋和和服": ["高跟鞋", "和服"],
    "埃及金字塔": ["埃及金字塔"],
    "猫在哪里？": ["猫"],
    "把红色的杯子和狗找出来": ["红色的杯子", "狗"],
    "这是一只狗吗": ["一只狗"],
    "狗是红色的": ["狗"],
    "三角形、圆形和正方形": ["三角形", "圆形", "正方形"],
    "find 一只狗 and the red cup 和 bird": ["一只狗", "the red cup", "bird"],
}


@pytest.mark.parametrize(("text", "expected"), (LISTS | ENGLISH | CHINESE).items())
def test_a_phrase_is_the_whole_noun_phrase_as_typed(text: str, expected: list[str]) -> None:
    assert phrases_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bow and arrow . a dog", ["bow and arrow", "a dog"]),
        ("two BOWS and arrows and a dog", ["two BOWS and arrows", "a dog"]),
        ("a cup with straw with a dog", ["a cup with straw", "a dog"]),
        ("弓和箭和猫", ["弓和箭", "猫"]),
    ],
)
def test_names_of_the_vocabulary_are_never_split(text: str, expected: list[str]) -> None:
    assert phrases_of(text, VOCABULARY) == expected


def test_the_vocabulary_is_what_keeps_a_name_whole() -> None:
    assert phrases_of("cup with straw") == ["cup", "straw"]


def test_equal_phrases_are_told_apart_by_their_spans() -> None:
    first, second = Prompt.parse("dog . dog").phrases
    assert (first.text, first.start, first.end) == ("dog", 0, 3)
    assert (second.text, second.start, second.end) == ("dog", 6, 9)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", pytest.raises(PromptEmpty)),
        (" \t\n\u3000", pytest.raises(PromptEmpty)),
        (". , 。；\n", pytest.raises(PromptWithoutPhrase)),
        ("!?* -- \u200b", pytest.raises(PromptWithoutPhrase)),
        ("a" * MAX_LENGTH, nullcontext()),
        ("a" * (MAX_LENGTH + 1), pytest.raises(PromptTooLong, match="limit=500")),
        ("dog\tcat\r\nbird", nullcontext()),
        ("dog\x00", pytest.raises(PromptCharacter, match=r"U\+0000.*position=4")),
        ("do\x1bg", pytest.raises(PromptCharacter, match="position=3")),
        ("\x85dog", pytest.raises(PromptCharacter, match="position=1")),
        ("a\u202edog", pytest.raises(PromptCharacter, match="RIGHT-TO-LEFT OVERRIDE")),
        ("a\u2066dog", pytest.raises(PromptCharacter, match="LEFT-TO-RIGHT ISOLATE")),
        ("a\u200fdog", pytest.raises(PromptCharacter, match="RIGHT-TO-LEFT MARK")),
        ("dog \ud83d", pytest.raises(PromptCharacter, match=r"U\+D83D")),
        ("👩‍👩‍👧 . é", nullcontext()),
    ],
    ids=ascii,
)
def test_what_cannot_be_a_prompt_is_refused_and_named(
    text: str, outcome: nullcontext[None] | pytest.RaisesExc[BadPrompt]
) -> None:
    with outcome:
        assert Prompt.parse(text).text == text


def test_a_huge_text_is_refused_at_once() -> None:
    start = time.thread_time()
    with pytest.raises(PromptTooLong):
        Prompt.parse("the dog and " * 100_000)
    assert time.thread_time() - start < 0.05


@pytest.mark.parametrize(
    "text",
    ["a " * 249, "x" + "\u0301" * 498, "一" * 499, "- " * 249, "1.1." * 124, "the cat and " * 41],
    ids=["words", "marks", "Han", "dashes", "numbers", "sentence"],
)
def test_the_longest_prompts_take_little_time(text: str) -> None:
    Prompt.parse("the words are read once", VOCABULARY)
    start = time.thread_time()
    assert Prompt.parse(text + "x", VOCABULARY).phrases
    assert time.thread_time() - start < 0.25


@pytest.mark.parametrize(
    ("text", "caption", "copies"),
    [
        ("A Dog . CAT", "a dog . cat", ["a dog", "cat"]),
        ("Ｄｏｇ　．　ｶﾞﾗｽ", "dog . ガラス", ["dog", "ガラス"]),
        ("İstanbul . dog", "i̇stanbul . dog", ["i̇stanbul", "dog"]),
        ("cafe\u0301 . dog", "café . dog", ["café", "dog"]),
        ("q\u0323\u0307 . dog", "q\u0323\u0307 . dog", ["q\u0323\u0307", "dog"]),
        ("q\u0307\u0323 . dog", "q\u0323\u0307 . dog", ["q\u0323\u0307", "dog"]),
        ("Straße . ﬁsh", "straße . ﬁsh", ["straße", "ﬁsh"]),
        ("ΜΟΥΣΑ ΟΔΟΣ . Σ", "μουσα οδοσ . σ", ["μουσα οδοσ", "σ"]),
        ("\u1112\u1161\u11ab . 狗", "한 . 狗", ["한", "狗"]),
    ],
    ids=[
        "case",
        "width",
        "grows",
        "shrinks",
        "marks",
        "marks reordered",
        "no folding",
        "sigma",
        "jamo",
    ],
)
def test_the_caption_is_folded_and_its_spans_follow(
    text: str, caption: str, copies: list[str]
) -> None:
    prompt = Prompt.parse(text)
    assert prompt.caption == caption
    assert [prompt.caption[start:end] for start, end in prompt.caption_spans] == copies


WORDS = [
    "the dog",
    "find",
    "和",
    "with",
    " and ",
    "一只",
    "猫",
    " . ",
    "，",
    "İ",
    "e\u0301",
    "狗\u0301",
    "ﾞ",
    "Σ",
    "🐶",
    " ",
    '"',
]
ANY_TEXT = st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=30).map("".join)


@settings(deadline=None)  # a loaded machine is no finding
@given(ANY_TEXT)
def test_any_text_gives_sound_spans_or_a_prompt_error(text: str) -> None:
    try:
        prompt = Prompt.parse(text, VOCABULARY)
    except BadPrompt:
        return
    assert prompt.phrases
    assert prompt.caption == fold(text)
    for spans in (prompt.caption_spans, [(phrase.start, phrase.end) for phrase in prompt.phrases]):
        bounds = [bound for span in spans for bound in span]
        assert bounds == sorted(bounds)
        assert all(start < end for start, end in spans)
    for phrase in prompt.phrases:
        assert phrase.text == text[phrase.start : phrase.end]
        assert phrase.text == phrase.text.strip()
