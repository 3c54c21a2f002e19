"""Carries the stages of one question from the service's threads to the page's event loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import Any

from serving.progress import Stage


class StageFeed:
    """Build it on the event loop; `report` may then be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stages: asyncio.Queue[Stage | None] = asyncio.Queue()

    def report(self, stage: Stage) -> None:
        self._put(stage)

    async def until_done(self, future: Future[Any]) -> AsyncIterator[Stage]:
        """Yield each stage as it is reached; end when `future` has its answer."""
        future.add_done_callback(lambda _: self._put(None))
        while (stage := await self._stages.get()) is not None:
            yield stage

    def _put(self, stage: Stage | None) -> None:
        # At shutdown the loop may be gone before the answer: nobody is left to be told.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stages.put_nowait, stage)
