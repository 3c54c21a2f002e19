"""Files that are sent while they are made: off the event loop, no longer than they are wanted."""

from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from anyio import CancelScope
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class Chunks(Iterator[bytes], Protocol):
    """What makes a file piece by piece: a generator."""

    def close(self) -> None:
        """Let go of whatever the file is made from."""
        ...


class Download(StreamingResponse):
    """A file; made by `begin_download`. When the client hangs up, no more of it is made."""

    def __init__(self, first: bytes, chunks: Chunks, *, media_type: str, file_name: str) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
        super().__init__(_joined(first, chunks), media_type=media_type, headers=headers)
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):  # closing may speak to a server, and must be heard out
                await run_in_threadpool(self._chunks.close)


async def begin_download(chunks: Chunks, *, media_type: str, file_name: str) -> Download:
    """Answer with a file once its first chunk is made; what making it raises can still be said.

    `file_name` is ours, in ASCII. An error after the first chunk cuts the answer short, which
    every client sees: the last chunk of the transfer is missing.
    """
    first = await run_in_threadpool(next, chunks, b"")
    return Download(first, chunks, media_type=media_type, file_name=file_name)


async def _joined(first: bytes, chunks: Chunks) -> AsyncIterator[bytes]:
    yield first
    async for chunk in iterate_in_threadpool(chunks):
        yield chunk
