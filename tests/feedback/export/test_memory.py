"""Exports of a hundred ratings and of twenty thousand need the same memory."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.export.formats import FormatName
from tools.bench_export import archive_of, measure_apart

RATINGS = 20_000
LIMIT_MIB = 48.0  # a row group of Parquet and the cache of the temporary database fit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive() -> Iterator[Path]:
    with archive_of(RATINGS) as path:
        yield path


@pytest.mark.parametrize("name", FormatName)
def test_memory_does_not_grow_with_the_ratings(archive: Path, name: FormatName) -> None:
    line = measure_apart(archive, name)
    figures = dict(re.findall(r"(\S+)=(\S+)", line))
    assert int(figures["ratings"]) == RATINGS
    assert float(figures["growth_MiB"]) < LIMIT_MIB
