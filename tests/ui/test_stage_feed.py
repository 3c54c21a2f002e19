"""Stages cross from the service's threads to the event loop, in order, and end with the answer."""

import asyncio
from concurrent.futures import Future
from threading import Thread

from serving.progress import Stage
from ui.stage_feed import StageFeed, Step


def collect(*stages: Step, cancel: bool = False) -> list[Step]:
    async def main() -> list[Step]:
        feed = StageFeed()
        future: Future[str] = Future()

        def work() -> None:
            for stage in stages:
                feed.report(stage)
            if cancel:
                future.cancel()
            else:
                future.set_result("an answer")

        thread = Thread(target=work)
        thread.start()
        seen = [stage async for stage in feed.until_done(future)]
        thread.join()
        return seen

    return asyncio.run(asyncio.wait_for(main(), timeout=10))


def test_every_stage_arrives_in_order() -> None:
    stages: list[Step] = [
        Stage.QUEUED,
        Stage.PREPARING,
        Stage.QUEUED,
        2,
        Stage.DETECTING,
        Stage.DONE,
    ]
    assert collect(*stages) == stages


def test_a_cancelled_question_ends_the_feed() -> None:
    assert collect(Stage.QUEUED, cancel=True) == [Stage.QUEUED]


def test_a_report_after_the_loop_has_ended_is_dropped() -> None:
    async def main() -> StageFeed:
        return StageFeed()

    feed = asyncio.run(main())
    feed.report(Stage.DONE)  # raises nothing, though nobody can be told any more
    assert isinstance(feed, StageFeed)
