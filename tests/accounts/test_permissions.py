from contextlib import AbstractContextManager, nullcontext

import pytest

from accounts.permissions import PERMISSIONS, Action, is_allowed, require
from accounts.user import Role, User
from detection.errors import NotAllowed

GUEST_MAY = {Action.DETECT, Action.FEEDBACK}


@pytest.mark.parametrize("action", Action)
def test_an_admin_may_do_everything(action: Action) -> None:
    root = User("root", Role.ADMIN)
    require(root, action)
    assert is_allowed(root, action)


@pytest.mark.parametrize("action", Action)
def test_a_guest_may_detect_and_rate_only(action: Action) -> None:
    outcome: AbstractContextManager[object] = (
        nullcontext() if action in GUEST_MAY else pytest.raises(NotAllowed, match=action.value)
    )
    with outcome:
        require(User("gast", Role.GUEST), action)


def test_every_role_has_its_row() -> None:
    assert set(PERMISSIONS) == set(Role)
