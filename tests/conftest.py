"""Fixtures everybody shares: the whole application, and browsers that are signed in to it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from feedback.elastic import ElasticAddress
from tests.elastic import START, given_address, why_no_server
from tests.fakes import FakeClock, FakeDetector
from tests.live import serving
from tools.local_servers import ElasticServer

PASSWORDS = {
    "admin": "the-admin's-own-word",
    "guest": "the-guest's-own-word",
    "other": "another-word-again",
}
SignIn = Callable[..., httpx.Client]


@dataclass(frozen=True)
class House:
    """The whole application on a fake detector, serving; built once, since Gradio takes seconds."""

    address: str
    detector: FakeDetector
    clock: FakeClock
    settings: Settings


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Nothing of the machine: a data folder of its own, no metrics port, a clock that is turned."""
    settings = Settings(
        _env_file=None, data_dir=tmp_path_factory.mktemp("data"), metrics_port=0, model="fake"
    )
    users = UserDirectory(settings.database)
    for name, password in PASSWORDS.items():
        users.add(name, password, Role.ADMIN if name == "admin" else Role.GUEST)
    users.close()
    detector, clock = FakeDetector(), FakeClock()
    application = create_app(settings, build=lambda _name: detector, clock=clock)
    with serving(application) as address:
        wait_for_model()
        yield House(address, detector, clock, settings)


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    """The house as if just opened: a day later, limits and caches are empty again."""
    shared_house.clock.advance(24 * 3600)
    shared_house.detector.calls.clear()
    yield shared_house
    shared_house.detector.before_batch = None


@pytest.fixture
def detector(house: House) -> FakeDetector:
    return house.detector


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    """Make a client for a user: `sign_in("guest")`; each is a browser of its own."""
    with ExitStack() as stack:

        def client_for(name: str | None, *, language: str = "en") -> httpx.Client:
            auth = (name, PASSWORDS[name]) if name else None
            headers = {"Accept-Language": language}
            client = httpx.Client(base_url=house.address, auth=auth, headers=headers, timeout=30)
            return stack.enter_context(client)

        yield client_for


@pytest.fixture(scope="session")
def elastic_server() -> Iterator[ElasticServer]:
    """A real Elasticsearch of our own, up; a test that ends it starts it again."""
    if why := why_no_server():
        pytest.skip(why)
    server = ElasticServer(script=START)
    try:
        server.start()
        server.wait()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def elastic(request: pytest.FixtureRequest) -> ElasticAddress:
    """Where a real Elasticsearch is, somebody else's perhaps."""
    given = given_address()
    if given is not None:
        return given
    server: ElasticServer = request.getfixturevalue("elastic_server")
    return server.address


def wait_for_model() -> None:
    """Return when the thread that loads the model has ended."""
    for thread in threading.enumerate():
        if thread.name == "load":
            thread.join()
