from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glip.sqlite3"


@pytest.fixture
def results(path: Path, clock: FakeClock) -> Iterator[ResultStore]:
    store = ResultStore(path, clock=clock)
    yield store
    store.close()


@pytest.fixture
def store(path: Path) -> Iterator[SqliteFeedbackStore]:
    store = SqliteFeedbackStore(path)
    yield store
    store.close()
