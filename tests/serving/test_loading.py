"""Models come in the background, leave for others, and disturb nobody."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.limits import LimitRules, Limits
from detection.errors import ModelLoading, ModelNotInstalled, ModelUnavailable, UnknownModel
from monitoring.metrics import Metrics
from serving.limits import ServingLimits
from serving.loading import ASK_AGAIN_S, FORGET_FAILURE_S
from serving.offers import Fetching, ModelState, Offer
from serving.service import DetectionService
from tests.fakes import FakeClock
from tests.serving.samples import PATIENCE_S, Door, KeptResults, asker, form, settled
from tests.serving.stock import FakeStock, await_loads


@dataclass(frozen=True)
class Shop:
    """A service, what it can load, and a way to wait for that."""

    service: DetectionService
    stock: FakeStock
    clock: FakeClock
    metrics: Metrics

    def load(self, *names: str) -> None:
        for name in names:
            self.service.shelf.load(name)
            await_loads()

    def ask(self, model: str | None, text: str = "a dog") -> Any:
        return settled(self.service.submit(form(text, model=model), asker()))

    def state_of(self, name: str) -> ModelState:
        return {one.name: one.state for one in self.service.shelf.statuses()}[name]

    def loaded(self) -> list[str]:
        return [model.model_id for model in self.service.models()]

    def value(self, series: str) -> float | None:
        return self.metrics.registry.get_sample_value(series)


@pytest.fixture
def shop(clock: FakeClock, metrics: Metrics, results: KeptResults) -> Iterator[Shop]:
    """Four models of 100 bytes, room for 250; "fake" is the default one, "away" has no files."""
    stock = FakeStock()
    for name in ("fake", "red", "blue", "green"):
        stock.known[name] = Offer(name=name, memory_bytes=100)
    stock.known["away"] = Offer(name="away", source="somebody/away", missing=("weights",))
    rules = LimitRules(detect="1000/minute", detect_address="100000/minute")
    service = DetectionService(
        limits=Limits(rules, clock=clock, metrics=metrics),
        results=results,
        metrics=metrics,
        clock=clock,
        default_model="fake",
        stock=stock,
        serving_limits=ServingLimits(max_wait_ms=0.0, models_bytes=250),
    )
    shop = Shop(service, stock, clock, metrics)
    shop.load("fake")
    yield shop
    service.close(0)


def test_a_question_loads_what_is_installed_and_says_so(shop: Shop) -> None:
    assert shop.state_of("red") is ModelState.INSTALLED
    refusal = shop.ask("red")
    assert isinstance(refusal, ModelLoading)
    assert refusal.facts == {"model": "red", "retry_after_s": ASK_AGAIN_S}
    await_loads()
    assert shop.ask("red").model_id == "red"
    assert shop.stock.built == ["fake", "red"]


def test_loading_blocks_no_answer_of_another_model(shop: Shop) -> None:
    door = shop.stock.hold_builds()
    shop.service.shelf.load("red")
    door.await_arrival()
    shop.clock.advance(7)
    assert shop.ask("fake").model_id == "fake"
    assert isinstance(shop.ask("red"), ModelLoading)
    (red,) = (one for one in shop.service.shelf.statuses() if one.name == "red")
    assert (red.state, red.loading_s) == (ModelState.LOADING, 7)
    door.open()
    await_loads()
    assert shop.state_of("red") is ModelState.LOADED


def test_a_model_is_loaded_once_however_many_ask(shop: Shop) -> None:
    door = shop.stock.hold_builds()
    for _ in range(5):
        assert isinstance(shop.ask("red"), ModelLoading)
    door.open()
    await_loads()
    assert shop.stock.built == ["fake", "red"]


def test_without_its_files_a_model_cannot_be_asked(shop: Shop) -> None:
    refusal = shop.ask("away")
    assert isinstance(refusal, ModelNotInstalled)
    assert refusal.facts == {"model": "away", "source": "somebody/away"}
    assert shop.state_of("away") is ModelState.FETCHABLE


def test_an_unknown_model_is_refused_with_the_known_ones(shop: Shop) -> None:
    refusal = shop.ask("gpt")
    assert isinstance(refusal, UnknownModel)
    assert refusal.facts["known"] == "fake, red, blue, green, away"


def test_a_failure_is_told_and_tried_again_after_a_while(shop: Shop) -> None:
    def break_down(_name: str) -> None:
        raise ModelUnavailable(model="red") from ValueError("the file is half a file")

    shop.stock.before_build = break_down
    shop.load("red")
    (red,) = (one for one in shop.service.shelf.statuses() if one.name == "red")
    assert (red.state, red.reason) == (ModelState.FAILED, "the file is half a file")
    refusal = shop.ask("red")
    assert isinstance(refusal, ModelUnavailable)
    assert not isinstance(refusal, ModelLoading)
    shop.stock.before_build = None
    shop.clock.advance(FORGET_FAILURE_S)
    assert isinstance(shop.ask("red"), ModelLoading)
    await_loads()
    assert shop.ask("red").model_id == "red"


def test_who_was_asked_longest_ago_leaves(shop: Shop) -> None:
    shop.load("red")
    shop.load("blue")
    assert shop.loaded() == ["fake", "blue"]
    assert shop.state_of("red") is ModelState.INSTALLED
    assert shop.value("glip_models_loaded") == 2
    assert shop.value("glip_models_bytes") == 200
    assert shop.value("glip_models_unloaded_total") == 1
    assert shop.value("glip_model_load_duration_seconds_count") == 3


def test_asking_keeps_a_model(shop: Shop) -> None:
    for name in ("red", "blue", "green"):
        shop.stock.known[name] = Offer(name=name, memory_bytes=70)
    shop.load("red", "blue")
    shop.ask("red")
    shop.load("green")
    assert shop.loaded() == ["fake", "green", "red"]


def test_the_default_model_never_leaves(shop: Shop) -> None:
    shop.ask("fake")
    shop.load("red", "blue", "green", "red")
    assert shop.loaded() == ["fake", "red"]


def test_what_cannot_fit_is_said(shop: Shop) -> None:
    shop.stock.known["red"] = Offer(name="red", memory_bytes=151)
    shop.load("red")
    (red,) = (one for one in shop.service.shelf.statuses() if one.name == "red")
    assert red.state is ModelState.FAILED
    assert "GLIP_MODELS_BYTES is 250" in red.reason
    assert shop.stock.built == ["fake"]


def test_a_model_that_leaves_answers_first(shop: Shop) -> None:
    shop.stock.before_batch = door = Door()
    shop.load("red")
    running = shop.service.submit(form(model="red"), asker())
    door.await_arrival()
    waiting = shop.service.submit(form("a cat", model="red"), asker())
    shop.service.shelf.load("blue")
    door.open()
    assert [one.result(PATIENCE_S).model_id for one in (running, waiting)] == ["red", "red"]
    await_loads()
    assert shop.loaded() == ["fake", "blue"]


def test_the_memory_of_a_model_that_left_is_free(shop: Shop) -> None:
    shop.load("red")
    assert shop.ask("red").model_id == "red"
    gc.disable()
    try:
        shop.load("blue")
        _fake, red, blue = shop.stock.alive
        assert red() is None
        assert blue() is not None
    finally:
        gc.enable()
    assert shop.stock.reclaimed == 1


def test_a_fetch_is_seen(shop: Shop) -> None:
    shop.service.shelf.fetch("away")
    shop.stock.under_way["away"] = Fetching(done_bytes=30, total_bytes=120)
    (away,) = (one for one in shop.service.shelf.statuses() if one.name == "away")
    assert away.state is ModelState.FETCHING
    assert away.fetching is not None
    assert away.fetching.progress == 0.25
    shop.stock.under_way["away"] = Fetching(fault={"en": "no way out"})
    assert shop.state_of("away") is ModelState.FETCHABLE


def test_a_closed_house_loads_nothing(shop: Shop) -> None:
    door = shop.stock.hold_builds()
    shop.service.shelf.load("red")
    door.await_arrival()
    shop.service.shelf.close()
    door.open()
    await_loads()
    assert shop.loaded() == ["fake"]
