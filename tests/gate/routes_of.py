"""Every (method, path) an application answers to, however deep it is mounted."""

from collections.abc import Iterable, Iterator
from typing import Any


def routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield them with their parameters unfilled. Mounts of files count as one GET."""
    for route in routes:
        if router := getattr(route, "original_router", None):  # what FastAPI includes, lazily
            yield from routes_of(router.routes, prefix + route.include_context.prefix)
        elif methods := getattr(route, "methods", None):
            yield from ((method, prefix + route.path) for method in sorted(methods))
        elif inner := getattr(route, "routes", None):
            yield from routes_of(inner, prefix + route.path)
        else:
            yield "GET", f"{prefix}{route.path}/any"
