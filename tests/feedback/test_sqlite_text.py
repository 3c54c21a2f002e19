import sqlite3

import pytest

from feedback.sqlite_text import text_condition


@pytest.mark.parametrize(
    ("text", "value"),
    [("red cup", '"red cup"'), ('say "hi"', '"say ""hi"""'), ("杯", "%杯%"), ("%_", r"%\%\_%")],
)
def test_words_are_quoted(text: str, value: str) -> None:
    condition, values = text_condition(text)
    assert set(values) == {value}
    assert condition.count("?") == len(values)
    assert text not in condition


def test_this_sqlite_splits_texts_into_threes() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (word, tokenize = 'trigram')")
    connection.execute("INSERT INTO words VALUES ('红色杯子')")
    found = connection.execute("SELECT word FROM words WHERE words MATCH '\"色杯子\"'")
    assert found.fetchall() == [("红色杯子",)]
    connection.close()
