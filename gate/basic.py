"""HTTP Basic (RFC 7617) against the user directory."""

import asyncio
import binascii
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from starlette.datastructures import Headers

from accounts.directory import UserDirectory
from accounts.limits import Limits
from accounts.user import User
from detection.errors import Overloaded
from gate.authenticator import SignInRequired
from gate.credential_cache import CredentialCache
from monitoring.metrics import Metrics
from utils.clock import Clock

MAX_THREADS = 2  # a verification takes 20 ms of a core: signing in must not starve the page
MAX_WAITING = 32


class BasicAuthenticator:
    """An Authenticator that knows names and passwords.

    Browsers send the password with every request, so what was verified is remembered for a few
    minutes, until any user is edited. Equal requests that arrive together are verified once.
    """

    CHALLENGE = 'Basic realm="glip-demo", charset="UTF-8"'

    def __init__(
        self, directory: UserDirectory, *, limits: Limits, metrics: Metrics, clock: Clock
    ) -> None:
        self._directory = directory
        self._limits = limits
        self._metrics = metrics
        self._cache = CredentialCache(clock)
        self._threads = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="sign-in")
        self._flights: dict[bytes, asyncio.Task[User | None]] = {}

    async def authenticate(self, headers: Headers, address: str) -> User:
        """Raises SignInRequired, TooManyRequests (too many failures) or Overloaded."""
        header = headers.get("authorization", "")
        credentials = parse_basic(header)
        if credentials is None:
            raise SignInRequired(self.CHALLENGE)
        key = self._cache.key(header)
        user = self._cache.load(key, self._directory.generation)
        self._count("hit" if user else "joined" if key in self._flights else "miss")
        if user is None:
            user = await self._verify_once(key, *credentials, address)
        if user is None:
            raise SignInRequired(self.CHALLENGE)
        return user

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

    async def _verify_once(self, key: bytes, name: str, password: str, address: str) -> User | None:
        flight = self._flights.get(key)
        if flight is None:
            if len(self._flights) >= MAX_WAITING:
                raise Overloaded(retry_after_s=1.0)
            self._limits.charge_sign_in(name, address)
            flight = asyncio.create_task(self._verify(key, name, password, address))
            self._flights[key] = flight
        # One impatient browser must not cancel the verification the others wait for.
        return await asyncio.shield(flight)

    async def _verify(self, key: bytes, name: str, password: str, address: str) -> User | None:
        try:
            generation = self._directory.generation
            verify = partial(self._directory.verify, name, password)
            user = await asyncio.get_running_loop().run_in_executor(self._threads, verify)
            if user is None:
                self._metrics.auth_failures.inc()
            else:
                self._limits.forgive_sign_in(name, address)
                self._cache.store(key, user, generation)
            return user
        finally:
            del self._flights[key]

    def _count(self, result: str) -> None:
        self._metrics.cache_requests.labels(cache="credentials", result=result).inc()


def parse_basic(header: str) -> tuple[str, str] | None:
    """Return (name, password) of an Authorization header; None if it holds none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = b64decode(token.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (name, password) if colon else None
