"""Which files Gradio shows in an answer: read from uploads, pages and event streams."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeGuard

from gate.routes import EVENTS, UPLOAD

# (unread bytes, whether the answer is complete) → (paths, bytes that are still to be read)
Reader = Callable[[bytes, bool], tuple[Iterable[str], bytes]]

_CONFIG_STARTS = b"window.gradio_config = "


def read_stream(unread: bytes, _is_complete: bool) -> tuple[Iterable[str], bytes]:  # noqa: FBT001 - a Reader
    """An event stream: each message is a line `data: {…}` and an empty one."""
    *messages, rest = unread.split(b"\n\n")
    lines = [message.strip().removeprefix(b"data: ") for message in messages]
    return paths_shown([json.loads(line) for line in lines if line.startswith(b"{")]), rest


def _whole(read: Callable[[bytes], Iterable[str]]) -> Reader:
    """Read an answer when it is complete."""

    def reader(unread: bytes, is_complete: bool) -> tuple[Iterable[str], bytes]:  # noqa: FBT001 - a Reader
        return (read(unread), b"") if is_complete and unread else ((), unread)

    return reader


def read_upload(body: bytes) -> Iterable[str]:
    """A JSON list of paths."""
    paths = json.loads(body)
    return [path for path in paths if is_file(path)] if isinstance(paths, list) else []


def read_config(body: bytes) -> Iterable[str]:
    """The page's configuration: its examples have paths."""
    return paths_shown(json.loads(body))


def read_page(body: bytes) -> Iterable[str]:
    """A page that starts with its configuration."""
    _, found, rest = body.partition(_CONFIG_STARTS)
    return paths_shown(json.JSONDecoder().raw_decode(rest.decode())[0]) if found else ()


def paths_shown(value: Any) -> Iterator[str]:
    """Yield what stands under "path", also in a change: [operation, [key, …, "path"], value].

    Only files: Gradio's configuration also names pictures on the web, and would fetch them.
    """
    if isinstance(value, dict):
        if is_file(path := value.get("path")):
            yield path
        value = list(value.values())
    if isinstance(value, list):
        match value:
            case [str(), [*_, "path"], path] if is_file(path):
                yield path
        for part in value:
            yield from paths_shown(part)


def is_file(path: object) -> TypeGuard[str]:
    return isinstance(path, str) and path.startswith("/")


# A page is the same for everybody; the others speak to one session.
PAGE_READERS: Mapping[str, Reader] = {"/": _whole(read_page), "/config": _whole(read_config)}
SESSION_READERS: Mapping[str, Reader] = {EVENTS: read_stream, UPLOAD: _whole(read_upload)}
