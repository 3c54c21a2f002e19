import hashlib
import re
from pathlib import Path

import pytest

from accounts.user import Role, User
from gate.sessions import SessionStore
from tests.fakes import FakeClock

ANN = User("ann", Role.GUEST)
BOB = User("bob", Role.GUEST)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glip.sqlite3"


@pytest.fixture
def store(path: Path) -> SessionStore:
    return SessionStore(path, clock=FakeClock())


def test_a_session_is_resumed_by_its_user_only(store: SessionStore) -> None:
    session = store.begin(ANN)
    assert store.resume(session.cookie, ANN) == session
    assert store.resume(session.cookie, BOB) is None


def test_a_session_survives_a_restart(store: SessionStore, path: Path) -> None:
    session = store.begin(ANN)
    assert SessionStore(path, clock=FakeClock()).resume(session.cookie, ANN) == session


def test_another_server_does_not_know_it(store: SessionStore, tmp_path: Path) -> None:
    other = SessionStore(tmp_path / "other.sqlite3", clock=FakeClock())
    assert other.resume(store.begin(ANN).cookie, ANN) is None


def test_the_id_is_the_digest_of_the_secret_and_does_not_lead_back(store: SessionStore) -> None:
    session = store.begin(ANN)
    secret = session.cookie.partition(".")[0]
    assert session.session_id == hashlib.sha256(secret.encode()).hexdigest()[:32]
    assert re.fullmatch("[0-9a-f]{32}", session.session_id)
    assert session.session_id not in session.cookie


def test_no_two_sessions_are_alike(store: SessionStore) -> None:
    assert len({store.begin(ANN).session_id for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "spoil", ["", ".", "{s}", "{s}.", "{s}.{m}0", "0{s}.{m}", "{s}.é", "{m}.{s}"]
)
def test_a_made_up_cookie_is_none(store: SessionStore, spoil: str) -> None:
    secret, _, mac = store.begin(ANN).cookie.partition(".")
    assert store.resume(spoil.format(s=secret, m=mac), ANN) is None
