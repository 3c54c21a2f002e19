"""Which names the server answers to, and whose word it takes about where a request came from."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.refusal import Refusal
from gate.routes import is_public
from gate.rules import GateRules
from gate.wire import with_headers, with_state

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")

# Believed by Gradio and by proxies' tools, whoever sends them; nobody behind the gate sees them.
FORWARDING = frozenset(
    {
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-gradio-server",
        "x-original-url",
        "x-real-ip",
        "x-rewrite-url",
    }
)


class Hosts:
    """Refuses foreign Host headers, turns a trusted proxy's words into facts, drops the others.

    Sets state `address`. Probes call `/healthz` by whatever address they know, so public routes
    are answered under any name.
    """

    def __init__(self, app: ASGIApp, *, rules: GateRules) -> None:
        """Raises ValueError for a proxy that is neither an address nor a network."""
        self._app = app
        self._names = LOOPBACK | {name.lower() for name in rules.allowed_hosts}
        self._proxies = [ip_network(proxy, strict=False) for proxy in rules.trusted_proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = scope["client"][0] if scope.get("client") else ""
        if is_trusted(peer, self._proxies):
            scope = self._as_forwarded(scope, peer)
        else:
            scope = with_state(scope, address=peer)
        scope = with_headers(scope, dropped=FORWARDING)
        if not self._is_ours(scope) and not is_public(scope["method"], scope["path"]):
            raise Refusal(421, "gate.host")
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        """Exactly one Host header, and it is on the list."""
        hosts = Headers(scope=scope).getlist("host")
        match = HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
        return match is not None and match[1] in self._names

    def _as_forwarded(self, scope: Scope, peer: str) -> Scope:
        """Take address, scheme and host from the proxy's headers; the nearest word counts."""
        headers = Headers(scope=scope)
        hops = [hop for line in headers.getlist("x-forwarded-for") for hop in _words(line)]
        strangers = [hop for hop in hops if not is_trusted(hop, self._proxies)]
        address = strangers[-1] if strangers else peer
        scope = {**scope, "client": (address, 0), "headers": list(scope["headers"])}
        schemes = _words(headers.get("x-forwarded-proto", ""))
        if schemes and schemes[-1] in {"http", "https"}:
            scope["scheme"] = schemes[-1]
        hosts = _words(headers.get("x-forwarded-host", ""))
        if hosts:
            MutableHeaders(scope=scope)["host"] = hosts[-1]
        return with_state(scope, address=address)


def is_trusted(address: str, proxies: list[IPv4Network | IPv6Network]) -> bool:
    """Say whether the address belongs to one of the proxies; nonsense belongs to none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in proxy for proxy in proxies)


def _words(line: str) -> list[str]:
    return [word.strip() for word in line.split(",") if word.strip()]
