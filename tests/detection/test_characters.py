"""Characters that no text of a person may hold."""

import pytest

from detection.characters import is_refused


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\x7f", "\x85", "\u200e", "\u202e", "\u2066", "\ud800"], ids=ascii
)
def test_what_hides_forges_or_breaks_is_refused(character: str) -> None:
    assert is_refused(character)


@pytest.mark.parametrize(
    "character",
    ["a", " ", "\t", "\r", "\n", "狗", "é", "\u0301", "🐕", "\u200d", "\ufe0f", "<"],
    ids=ascii,
)
def test_what_people_write_is_not(character: str) -> None:
    assert not is_refused(character)
