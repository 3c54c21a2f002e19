"""How somebody proves who they are. HTTP Basic (`gate.basic`) is the first way, not the last."""

from typing import Protocol

from starlette.datastructures import Headers

from accounts.user import User
from gate.refusal import Refusal


class SignInRequired(Refusal):
    """Nobody has signed in; `challenge` tells the browser how to ask (RFC 9110, 11.6.1)."""

    def __init__(self, challenge: str) -> None:
        super().__init__(401, "gate.sign_in", headers={"WWW-Authenticate": challenge})


class Authenticator(Protocol):
    """Who sends this request?"""

    async def authenticate(self, headers: Headers, address: str) -> User:
        """Return the user. Raises SignInRequired, TooManyRequests or Overloaded."""
        ...
