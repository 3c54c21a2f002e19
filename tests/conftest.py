"""Fixtures everybody shares: settings in a folder of the test, and a signed-in application."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from gate.gate import Gate
from tests.fakes import FakeDetector
from tests.live import serving

PASSWORDS = {
    "admin": "the-admin's-own-word",
    "guest": "the-guest's-own-word",
    "other": "another-word-again",
}
SignIn = Callable[..., httpx.Client]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Nothing of the machine: an empty data folder, no metrics port, the fake model."""
    return Settings(_env_file=None, data_dir=tmp_path, metrics_port=0, model="fake")


@pytest.fixture
def detector() -> FakeDetector:
    return FakeDetector()


@pytest.fixture
def application(settings: Settings, detector: FakeDetector) -> Gate:
    """The whole application behind its gate, with three users."""
    users = UserDirectory(settings.database)
    users.add("admin", PASSWORDS["admin"], Role.ADMIN)
    users.add("guest", PASSWORDS["guest"], Role.GUEST)
    users.add("other", PASSWORDS["other"], Role.GUEST)
    users.close()
    return create_app(settings, build=lambda _name: detector)


@pytest.fixture
def address(application: Gate) -> Iterator[str]:
    """Where the application answers, its model loaded."""
    with serving(application) as address:
        wait_for_model()
        yield address


@pytest.fixture
def sign_in(address: str) -> Iterator[SignIn]:
    """Make a client for a user: `sign_in("guest")`; each is a browser of its own."""
    with ExitStack() as stack:

        def client_for(name: str | None, *, language: str = "en") -> httpx.Client:
            auth = (name, PASSWORDS[name]) if name else None
            headers = {"Accept-Language": language}
            client = httpx.Client(base_url=address, auth=auth, headers=headers, timeout=30)
            return stack.enter_context(client)

        yield client_for


def wait_for_model() -> None:
    """Return when the thread that loads the model has ended."""
    for thread in threading.enumerate():
        if thread.name == "load":
            thread.join()
