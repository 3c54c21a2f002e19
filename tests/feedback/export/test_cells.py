import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.export.cells import guard, unguard
from tests.feedback.export.ratings import hostile_texts

# Where a spreadsheet may see the beginning of a cell, and what makes a formula of it.
FORMULA = re.compile(r'(?:^|[;\t\r\n])[;"\s]*[=+\-@＝＋－＠]')
TEXTS = st.text(alphabet="'=;\"\t\r\n -a＝，", max_size=14) | st.text()


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("", ""),
        ("fine", "fine"),
        ("a - b", "a - b"),
        ("a; b", "a; b"),
        ("=1+1", "'=1+1"),
        ("  @x", "  '@x"),
        ("＝1", "'＝1"),
        ("'quoted'", "''quoted'"),
        ("\tx", "'\tx"),
        ("\r=1", "'\r'=1"),
        ("a;=1", "a;'=1"),
        ("one\n-two", "one\n'-two"),
    ],
)
def test_a_quote_stands_before_what_begins_a_formula(text: str, guarded: str) -> None:
    assert guard(text) == guarded
    assert unguard(guarded) == text


@given(TEXTS)
def test_nothing_is_lost(text: str) -> None:
    assert unguard(guard(text)) == text


@given(TEXTS)
def test_no_cell_begins_a_formula(text: str) -> None:
    assert not FORMULA.search(guard(text))
    assert not guard(text).startswith(("\t", "\r", "\n"))


def test_hostile_texts_come_back() -> None:
    assert tuple(unguard(guard(text)) for text in hostile_texts()) == hostile_texts()
