import threading
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import (
    BadThreshold,
    GlipError,
    ImageBroken,
    ImageMissing,
    ModelUnavailable,
    Overloaded,
    PromptEmpty,
    TooManyRequests,
    UnknownModel,
)
from detection.image import SourceImage
from monitoring.metrics import Metrics
from serving.progress import Stage
from serving.service import DetectionService
from tests.fakes import FakeClock, FakeDetector
from tests.serving.conftest import Build
from tests.serving.samples import (
    PATIENCE_S,
    Door,
    KeptResults,
    Stages,
    asker,
    fails_on,
    form,
    is_right,
    result_of,
    settled,
)


def test_a_question_gets_its_answer(service: DetectionService, clock: FakeClock) -> None:
    asked = form("a dog . the red cup", threshold=0.25)
    result = result_of(service.submit(asked, asker()))
    assert is_right(result, asked)
    assert (result.model_id, result.revision, result.size_wh) == ("fake", "1", (64, 48))
    assert (result.threshold, result.from_cache, result.at) == (0.25, False, clock.now())
    assert len(result.id) == 32


def test_without_a_threshold_the_model_s_own_is_the_view(service: DetectionService) -> None:
    assert result_of(service.submit(form(), asker())).threshold == 0.5


def test_the_result_is_kept_for_its_asker(service: DetectionService, results: KeptResults) -> None:
    result = result_of(service.submit(form(), asker()))
    assert results.saved[result.id] == (result, asker())


def test_a_full_disk_costs_the_rating_and_not_the_answer(
    service: DetectionService, results: KeptResults
) -> None:
    results.is_full = True
    assert is_right(result_of(service.submit(form(), asker())), form())


def test_the_threshold_is_in_no_key(service: DetectionService, detector: FakeDetector) -> None:
    first = result_of(service.submit(form(threshold=0.1), asker()))
    second = result_of(service.submit(form(threshold=0.9), asker()))
    assert (second.threshold, second.from_cache) == (0.9, True)
    assert second.detections == first.detections
    assert detector.calls == [1]


def test_ten_equal_questions_in_flight_run_the_model_once(
    service: DetectionService, detector: FakeDetector, door: Door, results: KeptResults
) -> None:
    watches = [Stages() for _ in range(10)]
    futures = [
        service.submit(form(), asker(f"user{number}"), on_stage=stages)
        for number, stages in enumerate(watches)
    ]
    for stages in watches:
        stages.await_count(3)
    door.open()
    answers = [result_of(future) for future in futures]
    assert detector.calls == [1]
    assert len({answer.id for answer in answers}) == 10
    assert [answer.from_cache for answer in answers].count(False) == 1
    assert {owner.user.name for _, owner in results.saved.values()} == {
        f"user{number}" for number in range(10)
    }


def test_many_askers_at_once_get_only_their_own(build: Build, detector: FakeDetector) -> None:
    service = build(detector, pool_queue=100, model_queue=100)
    barrier = threading.Barrier(16)

    def ask(number: int) -> bool:
        barrier.wait(PATIENCE_S)
        forms = [form(f"thing{number} . a dog", shade=turn * 16 + number) for turn in range(6)]
        futures = [service.submit(one, asker(f"user{number}")) for one in forms]
        return all(
            is_right(result_of(one), asked) for one, asked in zip(futures, forms, strict=True)
        )

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(ask, range(16)))


NAMES = st.sampled_from(["alice", "bob"])
TEXTS = st.sampled_from(["a dog", "A dog", "a dog ."])


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(NAMES, TEXTS, st.integers(0, 2)), max_size=8))
def test_near_equal_questions_are_never_mixed_up(
    service: DetectionService, results: KeptResults, questions: list[tuple[str, str, int]]
) -> None:
    asked = [(form(text, shade), asker(name)) for name, text, shade in questions]
    futures = [service.submit(*question) for question in asked]
    for future, (one, owner) in zip(futures, asked, strict=True):
        result = result_of(future)
        assert is_right(result, one)
        assert results.saved[result.id] == (result, owner)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"image_bytes": None}, ImageMissing),
        ({"image_bytes": b""}, ImageMissing),
        ({"image_bytes": b"not a picture"}, GlipError),
        ({"text": " "}, PromptEmpty),
        ({"threshold": 7.0}, BadThreshold),
        ({"threshold": 0.01}, BadThreshold),
        ({"model": "gpt"}, UnknownModel),
    ],
)
def test_bad_input_is_said_and_the_next_is_served(
    service: DetectionService,
    detector: FakeDetector,
    changes: dict[str, Any],
    error: type[GlipError],
) -> None:
    assert isinstance(settled(service.submit(form(**changes), asker())), error)
    assert detector.calls == []
    assert is_right(result_of(service.submit(form(), asker())), form())


def test_a_broken_picture_is_not_remembered_as_one(service: DetectionService) -> None:
    png = form().image_bytes
    assert png is not None
    for _ in range(2):
        broken = form(image_bytes=png[: len(png) // 2])
        assert isinstance(settled(service.submit(broken, asker())), ImageBroken)


def test_a_model_still_loading_is_said(build: Build) -> None:
    service = build()
    assert isinstance(settled(service.submit(form(), asker())), ModelUnavailable)
    service.plug(FakeDetector())
    assert is_right(result_of(service.submit(form(), asker())), form())


def test_the_default_model_makes_it_ready(build: Build) -> None:
    assert not build().ready
    assert not build(FakeDetector(model_id="other")).ready
    assert build(FakeDetector()).ready


def test_a_second_model_answers_by_its_name(build: Build) -> None:
    service = build(FakeDetector(), FakeDetector(model_id="other", revision="7"))
    result = result_of(service.submit(form(model="other"), asker()))
    assert (result.model_id, result.revision) == ("other", "7")
    assert [model.model_id for model in service.models()] == ["fake", "other"]


def test_a_name_is_plugged_once(service: DetectionService) -> None:
    with pytest.raises(ValueError, match="fake"):
        service.plug(FakeDetector())


def test_a_vocabulary_reaches_the_parser(build: Build) -> None:
    service = build(FakeDetector(vocabulary=frozenset({"bow and arrow"})))
    result = result_of(service.submit(form("bow and arrow"), asker()))
    assert [phrase.text for phrase in result.prompt.phrases] == ["bow and arrow"]


def test_a_miss_costs_ten_times_a_hit(build: Build) -> None:
    service = build(FakeDetector(), detect="2/minute")  # twenty tenths
    result_of(service.submit(form(), asker()))
    for _ in range(10):
        assert result_of(service.submit(form(), asker())).from_cache
    assert isinstance(settled(service.submit(form(), asker())), TooManyRequests)


def test_who_cannot_pay_for_the_model_does_not_reach_it(
    build: Build, detector: FakeDetector
) -> None:
    service = build(detector, detect="1/minute")
    result_of(service.submit(form(), asker()))
    assert isinstance(settled(service.submit(form("a cat"), asker())), TooManyRequests)
    assert detector.calls == [1]


def test_progress_is_told_as_it_is(service: DetectionService) -> None:
    asked, asked_again = Stages(), Stages()
    result_of(service.submit(form(), asker(), on_stage=asked))
    waiting_twice = [Stage.QUEUED, Stage.PREPARING, Stage.QUEUED, Stage.DETECTING, Stage.DONE]
    assert asked.told == waiting_twice
    result_of(service.submit(form(), asker(), on_stage=asked_again))
    assert asked_again.told == [Stage.QUEUED, Stage.PREPARING, Stage.DONE]


def test_a_full_queue_answers_at_once(build: Build, detector: FakeDetector, door: Door) -> None:
    service = build(detector, model_queue=1, pool_workers=1)
    first = service.submit(form("first"), asker("alice"))
    door.await_arrival()
    second = service.submit(form("second"), asker("alice"))
    third = service.submit(form("third"), asker("alice"))
    assert isinstance(settled(third), Overloaded)
    door.open()
    assert is_right(result_of(first), form("first"))
    assert is_right(result_of(second), form("second"))


def test_a_waiting_question_is_told_how_many_are_ahead(
    service: DetectionService, door: Door
) -> None:
    service.submit(form("first"), asker())
    door.await_arrival()
    told: SimpleQueue[int] = SimpleQueue()
    for ahead, text in enumerate(("second", "third", "last")):
        last = service.submit(form(text), asker(), on_place=told.put)
        assert told.get(timeout=PATIENCE_S) == ahead
    door.open()
    assert is_right(result_of(last), form("last"))


def test_a_failing_model_is_told_to_all_who_wait_and_not_kept(
    build: Build, detector: FakeDetector, metrics: Metrics
) -> None:
    error = RuntimeError("bad weights")
    detector.before_batch = fails_on("a dog", error)
    service = build(detector)
    assert settled(service.submit(form(), asker())) is error
    detector.before_batch = None
    assert is_right(result_of(service.submit(form(), asker())), form())
    assert metrics.registry.get_sample_value("glip_errors_total", {"code": "internal"}) == 1


def test_a_failing_preparation_is_told(build: Build) -> None:
    class Unprepared(FakeDetector):
        def prepare(self, image: SourceImage, prompt: Any) -> Any:
            raise ImageBroken

    assert isinstance(settled(build(Unprepared()).submit(form(), asker())), ImageBroken)


def test_asking_again_does_not_decode_again(service: DetectionService, metrics: Metrics) -> None:
    for _ in range(3):
        result_of(service.submit(form(), asker()))
    labels = {"cache": "digests", "result": "hit"}
    assert metrics.registry.get_sample_value("glip_cache_requests_total", labels) == 2


def test_another_question_about_a_known_picture(service: DetectionService) -> None:
    result_of(service.submit(form("a dog"), asker()))
    second = result_of(service.submit(form("a cat"), asker()))
    assert is_right(second, form("a cat"))
    assert not second.from_cache


def test_every_leg_is_measured(service: DetectionService, metrics: Metrics) -> None:
    result_of(service.submit(form(), asker()))
    value = metrics.registry.get_sample_value
    for stage in ("queue", "prepare", "model", "save", "total"):
        assert value("glip_stage_duration_seconds_count", {"stage": stage}) == 1
    labels = {"cache": "detections", "result": "miss"}
    assert value("glip_cache_requests_total", labels) == 1
    assert value("glip_queue_depth", {"queue": "pool"}) == 0


def test_each_error_is_counted_once(service: DetectionService, metrics: Metrics) -> None:
    settled(service.submit(form(text=""), asker()))
    assert metrics.registry.get_sample_value("glip_errors_total", {"code": "prompt_empty"}) == 1
