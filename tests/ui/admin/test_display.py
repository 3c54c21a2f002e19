"""Whatever was typed is shown as it was typed, and never becomes a part of the page."""

from html.parser import HTMLParser

import pytest

from tests.ui.admin.hostile import HOSTILE
from ui.admin.display import display_copy, render_html

HARMLESS = [
    "cat < 3 & dog > 2",
    "AT&T &amp; &lt;b&gt;",
    "a\n\nb\r\nc\u2028d",
    "“引号” 'x' \"y\"",
    "",
]
COMMENT = {"stars": "4 ★", "user": "ann", "moment": "2026-01-01T00:00:00", "when": "today"}


class Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def test_there_are_two_hundred() -> None:
    assert len(set(HOSTILE)) == 200


@pytest.mark.parametrize("text", [*HARMLESS, *HOSTILE])
def test_the_copy_is_the_text_and_nothing_else(text: str) -> None:
    copy = display_copy(text)
    shown = read(copy)
    assert shown.tags == []
    assert shown.text == text.replace("\r\n", "\n")  # as HTML reads it
    assert "\n" not in copy
    assert "\r" not in copy


def test_a_template_is_one_line_of_its_own_tags() -> None:
    plain = render_html("admin_comments.html", title="t", comments=[said("x")])
    for text in HOSTILE:
        page = render_html("admin_comments.html", title="t", comments=[said(text)])
        assert read(page).tags == read(plain).tags
        assert text in read(page).text
        assert "\n" not in page


def said(text: str) -> dict[str, str]:
    return {**COMMENT, "comment": text, "prompt": text}
