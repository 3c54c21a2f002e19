import pytest

from detection.prompt import Prompt
from detection.reading import is_chinese, list_warnings
from texts import LANGUAGES, Language


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("a dog", False),
        ("", False),
        ("一只狗", True),
        ("a 狗", True),
        ("🐶 café ё", False),
        ("かな", False),
        ("𠮷", True),
        ("，。", False),
    ],
    ids=["en", "empty", "zh", "mixed", "others", "kana", "beyond the plane", "marks"],
)
def test_chinese_is_known_by_its_characters(text: str, *, is_it: bool) -> None:
    assert is_chinese(text) is is_it


@pytest.mark.parametrize(
    ("text", "languages", "unread"),
    [
        ("a dog . the red cup", ("en",), None),
        ("一只狗。红色杯子", ("en",), "一只狗, 红色杯子"),
        ("a dog . 红色杯子 . 红色杯子", ("en",), "红色杯子"),
        ("一只狗。红色杯子", ("en", "zh"), None),
        ("a dog 。a cat", ("en",), None),
    ],
    ids=["English", "Chinese", "mixed, once each", "read", "only the mark is Chinese"],
)
def test_only_what_cannot_be_read_is_warned_of(
    text: str, languages: tuple[Language, ...], unread: str | None
) -> None:
    warnings = list_warnings(Prompt.parse(text), model="glip-tiny", languages=languages)
    assert [(one.code, one.facts["phrases"]) for one in warnings] == (
        [("chinese_unread", unread)] if unread else []
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_names_model_and_phrases(language: Language) -> None:
    (warning,) = list_warnings(Prompt.parse("一只狗"), model="glip-tiny", languages=("en",))
    sentence = warning.sentence(language)
    assert "glip-tiny" in sentence
    assert "一只狗" in sentence
