"""Named dependencies: the signature of a route reads as a sentence."""

import asyncio
from concurrent.futures import Future
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Request

from accounts.asker import Asker
from gate.asker import asker_of

Answer = TypeVar("Answer")


def current_asker(request: Request) -> Asker:
    """Who asks, as the gate learnt it."""
    return asker_of(request.scope["state"])


CurrentAsker = Annotated[Asker, Depends(current_asker)]
ResultId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As an answer named it.")]


async def answer_unless_gone(request: Request, future: Future[Answer]) -> Answer:
    """Wait for `future`; when the client hangs up first, cancel it, so that its slot is free.

    The request's body must have been read. Raises what the future raises, and
    asyncio.CancelledError when the client is gone.
    """
    answer = asyncio.wrap_future(future)
    gone = asyncio.create_task(_hang_up(request))
    waited_for: set[asyncio.Future[Any]] = {answer, gone}
    try:
        await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
        return await answer
    finally:
        gone.cancel()


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
