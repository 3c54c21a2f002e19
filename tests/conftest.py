"""Fixtures everybody shares: settings in a folder of the test, and a signed-in application."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from gate.gate import Gate
from starlette.testclient import TestClient

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from tests.fakes import FakeDetector

PASSWORDS = {
    "admin": "the-admin's-own-word",
    "guest": "the-guest's-own-word",
    "other": "another-word-again",
}
SignIn = Callable[..., TestClient]


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
def sign_in(application: Gate) -> Iterator[SignIn]:
    """Make a client for a user: `sign_in("guest")`; each is a browser of its own."""
    with ExitStack() as stack:
        # The first client runs the application's start-up and shutdown.
        stack.enter_context(TestClient(application, base_url="http://127.0.0.1"))
        wait_for_model()

        def client_for(name: str | None, *, language: str = "en") -> TestClient:
            client = TestClient(
                application, base_url="http://127.0.0.1", raise_server_exceptions=False
            )
            client.headers["Accept-Language"] = language
            client.auth = (name, PASSWORDS[name]) if name else None
            return client

        yield client_for


def wait_for_model() -> None:
    """Return when the thread that loads the model has ended."""
    for thread in threading.enumerate():
        if thread.name == "load":
            thread.join()
