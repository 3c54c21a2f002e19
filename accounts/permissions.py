"""What each role may do: one table, and one function that enforces it."""

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType

from accounts.user import Role, User
from detection.errors import NotAllowed


class Action(StrEnum):
    """Something a role allows.

    Sending one's own picture to ask about it belongs to DETECT; UPLOAD is for files that stay.
    """

    DETECT = auto()
    UPLOAD = auto()
    FEEDBACK = auto()
    EXPORT = auto()
    MANAGE_MODELS = auto()
    MANAGE_USERS = auto()


PERMISSIONS: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Action),
        Role.GUEST: frozenset({Action.DETECT, Action.FEEDBACK}),
    }
)


def is_allowed(user: User, action: Action) -> bool:
    """Say whether the user's role allows the action."""
    return action in PERMISSIONS[user.role]


def require(user: User, action: Action) -> None:
    """Raise NotAllowed unless the user's role allows the action."""
    if not is_allowed(user, action):
        raise NotAllowed(action=action.value)
