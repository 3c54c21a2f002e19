import pytest

from accounts.asker import Asker
from accounts.user import Role, User
from gate.asker import asker_of

STATE = {
    "user": User("ann", Role.GUEST),
    "session_id": "0" * 32,
    "address": "192.0.2.1",
    "has_cookie": True,
    "language": "zh",
    "request_id": "00ff",
}


def test_the_asker_is_what_the_gate_learnt() -> None:
    assert asker_of(STATE) == Asker(
        user=User("ann", Role.GUEST),
        session_id="0" * 32,
        address="192.0.2.1",
        has_cookie=True,
        language="zh",
    )


def test_without_a_gate_nobody_asks() -> None:
    with pytest.raises(KeyError):
        asker_of({name: value for name, value in STATE.items() if name != "user"})
