"""Takes an upload whole before Gradio sees it.

Gradio writes each part to disk as it comes, and leaves what it has begun when the body breaks off,
is refused, or holds a part it did not ask for.
"""

from collections.abc import AsyncGenerator
from tempfile import SpooledTemporaryFile

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.refusal import Refusal
from gate.routes import UPLOAD, page_route
from gate.wire import body_type

IN_MEMORY_BYTES = 2**20
CHUNK_BYTES = 2**18

Spool = SpooledTemporaryFile[bytes]


class Uploads:
    """Lets one file through, as a form with the single part `files`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if page_route(scope["path"]) != UPLOAD:
            await self._app(scope, receive, send)
            return
        with SpooledTemporaryFile(IN_MEMORY_BYTES) as spool:
            try:
                await check(Headers(scope=scope), kept(receive, spool))
            except OSError:
                raise Refusal(507, "errors.not_saved") from None
            await self._app(scope, replayed(spool, receive), send)


async def check(headers: Headers, body: AsyncGenerator[bytes, None]) -> None:
    """Read the form. Raises Refusal unless it holds one file under the expected name."""
    if body_type(headers) != "multipart/form-data":
        raise Refusal(415, "gate.body_type")
    try:
        form = await MultiPartParser(headers, body, max_files=1, max_fields=0).parse()
    except MultiPartException:
        raise Refusal(400, "gate.request") from None
    names = list(form)
    await form.close()
    if names != ["files"]:
        raise Refusal(400, "gate.request")


async def kept(receive: Receive, spool: Spool) -> AsyncGenerator[bytes, None]:
    """Yield the body as it comes, and keep a copy."""
    is_complete = False
    while not is_complete:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "gate.request")
        chunk = message.get("body", b"")
        spool.write(chunk)
        yield chunk
        is_complete = not message.get("more_body", False)


def replayed(spool: Spool, receive: Receive) -> Receive:
    """Return a `receive` that gives the copy in pieces, then whatever comes next."""
    spool.seek(0)
    is_complete = False

    async def replayed_receive() -> Message:
        nonlocal is_complete
        if is_complete:
            return await receive()
        chunk = spool.read(CHUNK_BYTES)
        is_complete = len(chunk) < CHUNK_BYTES
        return {"type": "http.request", "body": chunk, "more_body": not is_complete}

    return replayed_receive
