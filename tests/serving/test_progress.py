from serving.progress import Progress, Stage
from tests.fakes import FakeClock


def test_each_stage_is_told_as_it_begins() -> None:
    told: list[Stage] = []
    progress = Progress(FakeClock(), told.append)
    progress.enter(Stage.PREPARING)
    progress.enter(Stage.DONE)
    assert told == [Stage.QUEUED, Stage.PREPARING, Stage.DONE]


def test_waiting_twice_adds_up() -> None:
    clock = FakeClock()
    progress = Progress(clock)
    for stage in (Stage.PREPARING, Stage.QUEUED, Stage.DETECTING, Stage.DONE):
        clock.advance(1)
        progress.enter(stage)
    timings = progress.timings()
    assert (timings.queue_ms, timings.prepare_ms, timings.model_ms) == (2000, 1000, 1000)
    assert timings.total_ms == 4000


def test_a_failing_callback_harms_nobody() -> None:
    def fail(_stage: Stage) -> None:
        raise ConnectionError

    progress = Progress(FakeClock(), fail)
    progress.enter(Stage.DONE)
    assert progress.timings().total_ms == 0


def test_a_place_is_told_when_it_is_news_and_only_while_waiting() -> None:
    told: list[int] = []
    progress = Progress(FakeClock(), on_place=told.append)
    for ahead in (2, 2, 1):
        progress.move(ahead)
    progress.enter(Stage.DETECTING)
    progress.move(0)
    assert told == [2, 1]
