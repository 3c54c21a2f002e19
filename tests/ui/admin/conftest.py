"""The admin page's services over an archive of its own, and admins who ask."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.directory import UserDirectory
from accounts.limits import LimitRules, Limits
from accounts.user import Role
from detection.errors import ArchiveUnavailable
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from feedback.sqlite_archive import SqliteArchive
from monitoring.metrics import Metrics
from serving.service import DetectionService
from tests.fakes import FakeClock, FakeDetector
from tests.ui.conftest import request_of
from ui.admin.services import AdminServices
from ui.guard import Handler, Updates

FORMATS = ("csv", "coco")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[SqliteFeedbackStore]:
    """Where ratings come from."""
    store = SqliteFeedbackStore(tmp_path / "glip.sqlite3", clock=clock)
    yield store
    store.close()


@pytest.fixture
def users(tmp_path: Path) -> Iterator[UserDirectory]:
    """One admin, one guest."""
    users = UserDirectory(tmp_path / "glip.sqlite3")
    users.add("admin", "the admin's word", Role.ADMIN)
    users.add("guest", "the guest's word", Role.GUEST)
    yield users
    users.close()


@pytest.fixture
def admin(tmp_path: Path, clock: FakeClock, users: UserDirectory) -> Iterator[AdminServices]:
    """What the page speaks to; no picture is kept."""
    database, metrics = tmp_path / "glip.sqlite3", Metrics(version="0")
    archive, results = SqliteArchive(database), ResultStore(database, clock=clock)
    service = DetectionService(
        limits=Limits(LimitRules(), clock=clock, metrics=metrics),
        results=results,
        metrics=metrics,
        clock=clock,
        default_model="fake",
    )
    service.plug(FakeDetector())
    yield AdminServices(
        archive=archive,
        users=users,
        service=service,
        metrics=metrics,
        clock=clock,
        version="0.1.0",
        find_picture=lambda _digest: None,
        export_formats=FORMATS,
    )
    service.close(5)
    results.close()
    archive.close()


class SilentArchive:
    """An archive whose server does not answer."""

    def summary(self, *_args: Any) -> Any:
        raise ArchiveUnavailable

    def search(self, *_args: Any, **_options: Any) -> Any:
        raise ArchiveUnavailable


def ask(handler: Handler, *values: Any) -> list[dict[Any, Any]]:
    """What a handler yields to an admin; a handler that Guard has not wrapped yet."""

    async def collect() -> list[Updates]:
        return [updates async for updates in handler(None, *values)]

    return [dict(updates) for updates in asyncio.run(collect())]


def value_of(update: Any) -> Any:
    """The value in an update, whether it is one or a bare value."""
    return update.get("value") if isinstance(update, dict) else update


__all__ = ["FORMATS", "SilentArchive", "ask", "request_of", "value_of"]
