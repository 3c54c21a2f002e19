"""What the gate is told when it is built."""

from collections.abc import Collection
from dataclasses import dataclass

MAX_JSON_BYTES = 2**20  # texts, numbers and paths; every body that is no form


@dataclass(frozen=True, kw_only=True)
class GateRules:
    """Loopback names are always allowed hosts; proxies are addresses or networks (10.0.0.0/8)."""

    allowed_hosts: Collection[str] = ()
    trusted_proxies: Collection[str] = ()
    max_body_bytes: int = 24 * 2**20
    body_deadline_s: float = 60.0
