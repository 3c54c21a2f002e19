"""A user as everybody else sees one: a name and a role, never a password."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What kind of user; `accounts.permissions` says what each may do."""

    ADMIN = "admin"
    GUEST = "guest"


@dataclass(frozen=True)
class User:
    """Somebody who has signed in."""

    name: str
    role: Role
