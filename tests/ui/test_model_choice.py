"""Choosing a model: states, loading beside the page, and words it does not read."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import gradio as gr
import pytest

from accounts.limits import LimitRules, Limits
from accounts.user import Role
from detection.detector import ModelCard
from monitoring.metrics import Metrics
from serving.offers import Fetching, ModelState, Offer
from serving.service import DetectionService
from tests.fakes import FakeClock, FakeDetector
from tests.serving.samples import KeptResults, asker
from tests.serving.stock import FakeStock, await_loads
from texts import Language, catalogue
from ui.model_choice import ModelChooser, build_model_choice


@pytest.fixture
def stock() -> FakeStock:
    knows: Mapping[Language, str] = {"en": "Knows red things.", "zh": "认识红色的东西。"}
    offers = [
        Offer(name="fake"),
        Offer(name="red", knows=knows),
        Offer(name="reader", languages=("en", "zh")),
        Offer(name="away", source="somebody/away", size="2 GB", missing=("weights",)),
    ]
    return FakeStock(known={offer.name: offer for offer in offers})


@pytest.fixture
def chooser(stock: FakeStock) -> Iterator[ModelChooser]:
    clock, metrics = FakeClock(), Metrics()
    service = DetectionService(
        limits=Limits(LimitRules(), clock=clock, metrics=metrics),
        results=KeptResults(),
        metrics=metrics,
        clock=clock,
        default_model="fake",
        stock=stock,
    )
    service.plug(FakeDetector())
    with gr.Blocks():
        chooser = ModelChooser(
            language="en",
            shelf=service.shelf,
            choice=build_model_choice("en", list(stock.known)),
            knows=gr.Markdown(),
            threshold=gr.Slider(),
        )
    yield chooser
    await_loads()
    service.close(0)


def updates(handler: AsyncIterator[Mapping[Any, Any]]) -> dict[Any, Any]:
    """All that a handler yields, the last word on each component."""

    async def collect() -> dict[Any, Any]:
        return {key: value async for one in handler for key, value in one.items()}

    return asyncio.run(collect())


def test_the_first_look_lists_every_model_and_is_the_last(chooser: ModelChooser) -> None:
    seen = updates(chooser.look(asker(), None))
    dropdown = seen[chooser.choice.model]
    assert dropdown["value"] == "fake"
    assert [label for label, _ in dropdown["choices"]] == [
        "fake · ready",
        "red · loads when chosen",
        "reader · loads when chosen",
        "away · not installed",
    ]
    assert not seen[chooser.choice.look].active
    assert not seen[chooser.choice.note]["visible"]


def test_choosing_loads_in_the_background_and_says_so(
    chooser: ModelChooser, stock: FakeStock
) -> None:
    seen = updates(chooser.choose(asker(), "red", ""))
    await_loads()
    assert stock.built == ["red"]
    assert seen[chooser.knows] == "Knows red things."
    assert seen[chooser.threshold]["value"] == ModelCard().default_threshold
    later = updates(chooser.look(asker(), "red"))
    assert later[chooser.choice.model]["choices"][1] == ("red · ready", "red")
    assert not later[chooser.choice.look].active


def test_while_it_loads_the_page_keeps_looking(chooser: ModelChooser, stock: FakeStock) -> None:
    door = stock.hold_builds()
    chooser.shelf.load("red")
    door.await_arrival()
    seen = updates(chooser.look(asker(), "red"))
    door.open()
    assert seen[chooser.choice.look].active
    assert seen[chooser.choice.note]["value"].startswith("red has been loading for 0 s.")


def test_what_is_not_installed_says_from_where_and_how_large(chooser: ModelChooser) -> None:
    seen = updates(chooser.choose(asker(), "away", ""))
    note = seen[chooser.choice.note]["value"]
    assert "somebody/away; size: 2 GB" in note
    assert "An administrator" in note
    assert not seen[chooser.choice.fetch]["visible"]


def test_an_admin_has_it_fetched_and_sees_how_far_it_is(
    chooser: ModelChooser, stock: FakeStock
) -> None:
    admin = asker("root", role=Role.ADMIN)
    assert updates(chooser.look(admin, "away"))[chooser.choice.fetch]["visible"]
    updates(chooser.fetch(admin, "away"))
    stock.under_way["away"] = Fetching(done_bytes=1, total_bytes=4)
    seen = updates(chooser.look(admin, "away"))
    assert seen[chooser.choice.note]["value"] == "away is being fetched: 25 %."
    assert seen[chooser.choice.look].active
    stock.under_way["away"] = Fetching(fault={"en": "The cable is cut."})
    assert "cable" in updates(chooser.look(admin, "away"))[chooser.choice.note]["value"]


@pytest.mark.parametrize(
    ("model", "prompt", "warned"),
    [
        ("red", "一只狗", True),
        ("red", "a dog", False),
        ("red", " ", False),
        ("reader", "一只狗", False),
        (None, "一只狗", True),
    ],
    ids=["unread", "English", "nothing", "read", "the default model"],
)
def test_chinese_is_warned_of_with_a_way_out(
    chooser: ModelChooser, model: str | None, prompt: str, *, warned: bool
) -> None:
    seen = updates(chooser.check(asker(), model, prompt))
    assert seen[chooser.choice.unread]["visible"] is warned
    assert seen[chooser.choice.switch]["visible"] is warned
    if warned:
        assert seen[chooser.choice.switch]["value"] == "Ask reader instead, which reads Chinese"


def test_the_way_out_is_taken(chooser: ModelChooser, stock: FakeStock) -> None:
    seen = updates(chooser.switch(asker(), "一只狗"))
    await_loads()
    assert seen[chooser.choice.model]["value"] == "reader"
    assert not seen[chooser.choice.unread]["visible"]
    assert stock.built == ["reader"]


@pytest.mark.parametrize("state", ModelState)
def test_every_state_has_its_words(state: ModelState) -> None:
    assert {f"choice.{state}", f"choice.note_{state}"} <= set(catalogue())
