"""What a page sends to Gradio's queue, read only as far as the gate must."""

import json
from collections.abc import Iterator
from typing import Any

from gate.refusal import Refusal

MAX_DEPTH = 32


def parse_event(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises Refusal if it is none."""
    try:
        event = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "gate.request") from None
    if not isinstance(event, dict) or is_deeper(event, MAX_DEPTH):
        raise Refusal(400, "gate.request")
    return event


def is_deeper(value: Any, depth: int) -> bool:
    """Say whether a JSON value is nested deeper: what walks through it may then recurse."""
    level = [value]
    for _ in range(depth):
        level = [part for whole in level for part in parts_of(whole)]
    return bool(level)


def parts_of(value: Any) -> list[Any]:
    """Return the values directly inside a JSON value."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def file_references(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a JSON value that names a file: it has a `path` or a `url`."""
    if isinstance(value, dict) and ("path" in value or "url" in value):
        yield value
    for part in parts_of(value):
        yield from file_references(part)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
