from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.image_keeping import ImageKeeping
from feedback.kept_images import KeptImages
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from tests.fakes import FakeClock
from tests.feedback.samples import RecentImages


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
def store(path: Path, clock: FakeClock) -> Iterator[SqliteFeedbackStore]:
    store = SqliteFeedbackStore(path, clock=clock)
    yield store
    store.close()


@pytest.fixture
def recent() -> RecentImages:
    return RecentImages()


@pytest.fixture
def kept(tmp_path: Path, clock: FakeClock) -> KeptImages:
    return KeptImages(tmp_path / "kept", retention_days=365, clock=clock)


@pytest.fixture
def images(kept: KeptImages, recent: RecentImages, store: SqliteFeedbackStore) -> ImageKeeping:
    return ImageKeeping(kept, recent, is_wanted=store.wants_image)
