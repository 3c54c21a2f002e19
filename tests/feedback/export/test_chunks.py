import json

import pytest

from feedback.export.chunks import Outlet, dump, dump_array, in_chunks


@pytest.mark.parametrize(
    ("parts", "chunks"),
    [
        ([], []),
        ([b""], []),
        ([b"ab", b"c"], [b"abc"]),
        ([b"ab", b"cd", b"", b"e"], [b"abcd", b"e"]),
        ([b"abcdefgh", b"i"], [b"abcdefgh", b"i"]),
    ],
)
def test_parts_are_joined_until_they_are_large(parts: list[bytes], chunks: list[bytes]) -> None:
    assert list(in_chunks(parts, size=4)) == chunks


def test_chunks_come_before_the_last_part_is_made() -> None:
    parts = iter([b"abcd", b"efgh"])
    assert next(in_chunks(parts, size=4)) == b"abcd"
    assert next(parts) == b"efgh"


def test_json_has_no_line_break_and_no_byte_above_127() -> None:
    text = "很好\u2028\n\r🐱\x00"
    assert dump(text).isascii()
    assert b"\n" not in dump(text)
    assert json.loads(dump(text)) == text


@pytest.mark.parametrize("items", [[], [1], [1, {"a": None}]])
def test_an_array_is_json(items: list[object]) -> None:
    assert json.loads(b"".join(dump_array(items))) == items


def test_an_outlet_gives_back_what_was_written_once() -> None:
    outlet = Outlet()
    outlet.write(b"ab")
    outlet.write(b"c")
    assert [outlet.take(), outlet.take()] == [b"abc", b""]
