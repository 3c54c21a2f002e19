"""What a page sends to Gradio's queue, read only as far as the gate must."""

import json
from collections.abc import Iterator
from typing import Any

from gate.refusal import Refusal


def parse_event(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises Refusal if it is none."""
    try:
        event = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "gate.request") from None
    if not isinstance(event, dict):
        raise Refusal(400, "gate.request")
    return event


def file_references(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a JSON value that names a file: it has a `path` or a `url`."""
    if isinstance(value, dict):
        if "path" in value or "url" in value:
            yield value
        for part in value.values():
            yield from file_references(part)
    elif isinstance(value, list):
        for part in value:
            yield from file_references(part)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
