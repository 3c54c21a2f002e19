"""Which language a browser gets, and that every sentence can be said in it."""

import pytest

from texts import Language, choose_language, say, terminal_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-Hant-HK", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr-CH, fr;q=0.9, zh;q=0.5, en;q=0.4", "zh"),
        ("de,*;q=0.5", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=nonsense,en;q=0.1", "en"),
        ("ZH-cn", "zh"),
        (";;;,,,q=1", "en"),
    ],
)
def test_the_language_that_is_ranked_first_and_that_we_speak(
    header: str | None, language: Language
) -> None:
    assert choose_language(header) == language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh"}, "zh"),
    ],
)
def test_the_language_of_a_terminal(environment: dict[str, str], language: Language) -> None:
    assert terminal_language(environment) == language


def test_a_sentence_is_filled_with_its_facts() -> None:
    assert "7.5" in say("errors.bad_threshold", "en", value=7.5, floor=0.05)
    assert "0.05" in say("errors.bad_threshold", "zh", value=7.5, floor=0.05)


@pytest.mark.parametrize("key", ["errors.no_such_entry", "nowhere.at_all"])
def test_an_unknown_sentence_is_an_error(key: str) -> None:
    with pytest.raises(KeyError):
        say(key, "en")


def test_facts_are_never_read_as_templates() -> None:
    assert "{floor}" in say("errors.unknown_model", "en", model="{floor}", known="x")
