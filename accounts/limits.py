"""How often anybody may do what: every limit of the platform is named and counted here.

Limits are written as slowapi writes them ("10/minute;100/hour"), and its Limiter counts them.
Counting fails closed: an error of the storage is an error of the request, never "no limit".
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum, auto
from ipaddress import IPv6Address, ip_address, ip_network
from typing import cast

from limits import RateLimitItem, parse_many
from slowapi import Limiter
from slowapi.util import get_remote_address

from accounts.asker import Asker
from accounts.limit_storage import SCHEME, ClockedStorage
from accounts.user import Role
from detection.errors import TooManyRequests
from monitoring.metrics import Metrics
from utils.clock import Clock

# Costs are counted in tenths: an answer from the cache is a tenth of a detection.
WHOLE = 10
A_TENTH = 1

_Bucket = tuple[RateLimitItem, tuple[str, ...]]


class Limit(StrEnum):
    """What is limited."""

    DETECT = auto()
    UPLOAD = auto()
    FEEDBACK = auto()
    REQUEST = auto()
    FLOOD = auto()
    SIGN_IN = auto()


@dataclass(frozen=True, kw_only=True)
class LimitRules:
    """A field named after a Limit counts by session; with `_address`, by address.

    A page load is about 80 requests. Requests without a cookie share one bucket a (user, address)
    instead of a session's. Admins may do `admin_factor` times as much. Sign-ins count failures.
    """

    detect: str = "10/minute"
    detect_address: str = "60/minute"
    upload: str = "30/minute"
    upload_address: str = "120/minute"
    feedback: str = "30/minute"
    feedback_address: str = "120/minute"
    request: str = "1200/minute"
    flood_address: str = "6000/minute"
    sign_in: str = "5/minute;20/hour"
    sign_in_address: str = "10/minute"
    admin_factor: int = 10


class Limits:
    """Charges requests to their buckets; a refused request is charged to none of them."""

    def __init__(self, rules: LimitRules, *, clock: Clock, metrics: Metrics) -> None:
        """Raises ValueError for a rule that cannot be parsed."""
        self._admin_factor = rules.admin_factor
        self._items = {
            name: [_scaled(item, WHOLE) for item in parse_many(rule)]
            for name, rule in asdict(rules).items()
            if isinstance(rule, str)
        }
        self._limiter = Limiter(
            key_func=get_remote_address,
            strategy="moving-window",
            storage_uri=f"{SCHEME}://",
            storage_options={"clock": clock},  # type: ignore[dict-item] # handed on as it is
        )
        self._metrics = metrics
        self._lock = threading.Lock()

    def charge(self, limit: Limit, asker: Asker, cost: int = WHOLE) -> None:
        """Charge `cost` (WHOLE or A_TENTH) to the asker's session and address.

        Raises TooManyRequests(retry_after_s).
        """
        own = (
            ("session", asker.session_id)
            if asker.has_cookie
            else ("user", asker.user.name, _network(asker.address))
        )
        factor = self._admin_factor if asker.user.role is Role.ADMIN else 1
        buckets = self._buckets(limit, own, asker.address, factor)
        self._charge(buckets, cost, role=asker.user.role.value)

    def charge_flood(self, address: str) -> None:
        """Charge one request, whoever sends it. Raises TooManyRequests(retry_after_s)."""
        self._charge(self._buckets(Limit.FLOOD, (), address), WHOLE, role="anonymous")

    def charge_sign_in(self, name: str, address: str) -> None:
        """Charge one attempt before the password is looked at. Raises TooManyRequests."""
        self._charge(self._sign_in_buckets(name, address), WHOLE, role="anonymous")

    def forgive_sign_in(self, name: str, address: str) -> None:
        """The password was right: only failures count."""
        for item, key in self._sign_in_buckets(name, address):
            self._storage.take_back(item.key_for(*key), WHOLE)

    @property
    def _storage(self) -> ClockedStorage:
        return cast("ClockedStorage", self._limiter.limiter.storage)

    def _sign_in_buckets(self, name: str, address: str) -> list[_Bucket]:
        """By pair, so that nobody can lock another out; the name is the attacker's, any length."""
        name_digest = hashlib.sha256(name.casefold().encode()).hexdigest()
        return self._buckets(Limit.SIGN_IN, (name_digest, _network(address)), address)

    def _buckets(
        self, limit: Limit, own: tuple[str, ...], address: str, factor: int = 1
    ) -> list[_Bucket]:
        keys = {limit.value: own, f"{limit.value}_address": (_network(address),)}
        return [
            (_scaled(item, factor), (name, *key))
            for name, key in keys.items()
            for item in self._items.get(name, ())
        ]

    def _charge(self, buckets: Sequence[_Bucket], cost: int, *, role: str) -> None:
        """All buckets or none."""
        with self._lock:
            waits_s = [self._wait_s(item, key, cost) for item, key in buckets]
            if not any(waits_s):
                for item, key in buckets:
                    self._limiter.limiter.hit(item, *key, cost=cost)
                return
        self._metrics.rate_limited.labels(role=role).inc()
        raise TooManyRequests(retry_after_s=max(waits_s))

    def _wait_s(self, item: RateLimitItem, key: tuple[str, ...], cost: int) -> float:
        if self._limiter.limiter.test(item, *key, cost=cost):
            return 0.0
        expiry_s = item.get_expiry()
        return self._storage.seconds_until_free(item.key_for(*key), item.amount, expiry_s, cost)


def _scaled(item: RateLimitItem, factor: int) -> RateLimitItem:
    """Return the limit with `factor` times the amount in the same time."""
    return type(item)(item.amount * factor, item.multiples)


def _network(address: str) -> str:
    """Return whom an address stands for: an IPv6 host owns its whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket or a test client has no number
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))
