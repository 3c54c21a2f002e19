from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from feedback.export.chunks import CHUNK
from feedback.export.formats import FORMATS, FormatName, write
from feedback.record import Feedback
from tests.feedback.export.ratings import PROVENANCE, everything, hostile_ratings, judged


class Unwilling(Exception):
    """The archive broke."""


def test_every_name_has_a_format_with_a_suffix_of_its_own() -> None:
    assert set(FORMATS) == set(FormatName)
    assert len({entry.suffix for entry in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", FormatName)
def test_of_no_ratings_only_json_lines_are_empty(name: FormatName) -> None:
    content = b"".join(write(name, [], PROVENANCE))
    assert bool(content) is (name is not FormatName.JSONL)


@pytest.mark.parametrize("name", FormatName)
def test_the_same_ratings_make_the_same_file(name: FormatName) -> None:
    first, second = (b"".join(write(name, everything(), PROVENANCE)) for _ in range(2))
    assert first == second
    assert first


@pytest.mark.parametrize("name", FormatName)
def test_a_file_comes_in_few_chunks(name: FormatName) -> None:
    *chunks, last = write(name, hostile_ratings()[:300], PROVENANCE)
    assert all(len(chunk) >= CHUNK for chunk in chunks)
    assert last


@pytest.mark.parametrize("name", FormatName)
def test_an_archive_that_breaks_breaks_the_export(name: FormatName) -> None:
    def breaking() -> Iterator[Feedback]:
        yield judged()
        raise Unwilling

    with pytest.raises(Unwilling):
        list(write(name, breaking(), PROVENANCE))


@pytest.mark.parametrize("name", FormatName)
def test_who_goes_away_lets_go_of_the_archive(name: FormatName) -> None:
    closed: list[bool] = []

    def endless() -> Iterator[Feedback]:
        try:
            yield from hostile_ratings()[:300]
        finally:
            closed.append(True)

    chunks = write(name, endless(), PROVENANCE)
    assert next(chunks)
    chunks.close()
    assert closed == [True]


def test_files_are_named_by_their_time() -> None:
    at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert FORMATS[FormatName.COCO].file_name(at) == "glip-feedback-20260203-040506.coco.json"
