"""A guest's request as the gate leaves it, and the page's services on the fake model."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from starlette.requests import Request

from accounts.limits import LimitRules, Limits
from accounts.user import Role, User
from feedback.desk import FeedbackDesk
from feedback.forgetting import Forgetting
from feedback.image_keeping import ImageKeeping
from feedback.kept_images import KeptImages
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from gate.holders import Holdings
from gate.page_files import PageFiles
from monitoring.metrics import Metrics
from serving.service import DetectionService
from tests.fakes import FakeClock, FakeDetector
from ui.history import History
from ui.services import Services

Toasts = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gradio's folder for uploads and pictures, of this test alone."""
    folder = tmp_path / "gradio"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def state_of(role: Role = Role.GUEST, **changes: Any) -> dict[str, Any]:
    """What the gate writes into a request's state."""
    return {
        "user": User(role.value, role),
        "session_id": "a" * 32,
        "address": "127.0.0.1",
        "has_cookie": True,
        "language": "en",
        **changes,
    }


def request_of(**changes: Any) -> gr.Request:
    """A request as Gradio hands it to a handler."""
    scope = {"type": "http", "headers": [], "state": state_of(**changes)}
    return gr.Request(request=Request(scope))


@pytest.fixture
def toasts() -> Iterator[Toasts]:
    """Return the sentences shown so far; outside of a page gr.Warning is a Python warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield lambda: [str(line.message) for line in caught if line.category is UserWarning]


@pytest.fixture
def detector() -> FakeDetector:
    return FakeDetector()


@pytest.fixture
def services(tmp_path: Path, detector: FakeDetector) -> Iterator[Services]:
    database, clock, metrics = tmp_path / "glip.sqlite3", FakeClock(), Metrics(version="0")
    limits = Limits(LimitRules(), clock=clock, metrics=metrics)
    results = ResultStore(database, clock=clock)
    service = DetectionService(
        limits=limits, results=results, metrics=metrics, clock=clock, default_model="fake"
    )
    service.plug(detector)
    store = SqliteFeedbackStore(database, clock=clock)
    kept = KeptImages(tmp_path / "kept", retention_days=365, clock=clock)
    images, history = ImageKeeping(kept, service, is_wanted=store.wants_image), History()
    desk = FeedbackDesk(
        store=store,
        results=results,
        images=images,
        metrics=metrics,
        clock=clock,
        limits=limits,
    )
    forgetting = Forgetting(
        store=store,
        results=results,
        images=images,
        answers=service,
        uploads=PageFiles(tmp_path / "uploads", Holdings()),
        also=(history.forget_session,),
    )
    yield Services(
        service=service, results=results, desk=desk, forgetting=forgetting, history=history
    )
    service.close(5)
    results.close()
    store.close()
