"""Carries the steps of one question from the service's threads to the page's event loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import Any

from serving.progress import Stage

Step = Stage | int  # a stage begins; or so many questions are ahead in the queue


class StageFeed:
    """Build it on the event loop; `report` may then be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue()

    def report(self, step: Step) -> None:
        self._put(step)

    async def until_done(self, future: Future[Any]) -> AsyncIterator[Step]:
        """Yield each step as it is reached; end when `future` has its answer."""
        future.add_done_callback(lambda _: self._put(None))
        while (step := await self._steps.get()) is not None:
            yield step

    def _put(self, step: Step | None) -> None:
        # At shutdown the loop may be gone before the answer: nobody is left to be told.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._steps.put_nowait, step)
