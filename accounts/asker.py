"""Who asks, as the gate learnt it. Knows nothing about HTTP."""

from dataclasses import dataclass

from accounts.user import User
from texts import Language


@dataclass(frozen=True, kw_only=True)
class Asker:
    """One request's user, session and address.

    `session_id` is 32 hex digits and safe to show. Without a cookie (`has_cookie` False) the
    session lives for this request only, so limits count by user and address instead.
    """

    user: User
    session_id: str
    address: str
    has_cookie: bool
    language: Language
