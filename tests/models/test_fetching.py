"""The server has files fetched by a child, and says how far that is."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from detection.errors import UnknownModel
from models.catalogue import MODELS
from models.fetching import Fetches
from models.stock import ModelStock
from tests.fakes import FakeDetector
from tests.models.fake_hub import FakeHub, serving_hub

ENTRY = MODELS["glip-tiny-b"]
WEIGHTS, VOCABULARY = (f"{ENTRY.source_of(file)}/{file}" for file in ENTRY.files)
PATIENCE_S = 60


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    files = {WEIGHTS: bytes(12 * 2**20), VOCABULARY: b"[PAD]\n"}
    with serving_hub(FakeHub(files=files, large={WEIGHTS})) as hub:
        yield hub


@pytest.fixture
def stock(hub: FakeHub, tmp_path: Path) -> Iterator[ModelStock]:
    offline = {"HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    stock = ModelStock(
        tmp_path,
        default_model="mine",
        build=lambda name: FakeDetector(model_id=name),
        fetches=Fetches(tmp_path, os.environ | offline),
    )
    yield stock
    stock.close()
    await_end(ENTRY.name)


def await_end(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == f"fetch-{name}":
            thread.join(PATIENCE_S)


def test_a_fetched_model_is_no_longer_missing(stock: ModelStock) -> None:
    (before,) = (offer for offer in stock.offers() if offer.name == ENTRY.name)
    stock.fetch(ENTRY.name)
    await_end(ENTRY.name)
    (after,) = (offer for offer in stock.offers() if offer.name == ENTRY.name)
    assert (before.missing, after.missing) == (ENTRY.files, ())
    assert after.memory_bytes > before.memory_bytes
    assert stock.fetches() == {}


def test_progress_is_seen_and_closing_ends_the_child(hub: FakeHub, stock: ModelStock) -> None:
    hub.break_after[WEIGHTS] = [11 * 2**20]
    hub.stalls.set()
    stock.fetch(ENTRY.name)
    stock.fetch(ENTRY.name)
    assert hub.stalled.acquire(timeout=PATIENCE_S)
    assert stock.fetches()[ENTRY.name].total_bytes == 12 * 2**20 + 6
    stock.close()
    await_end(ENTRY.name)
    assert hub.starts == [(WEIGHTS, 0)]
    assert stock.fetches()[ENTRY.name].fault["en"].startswith("Fetching “glip-tiny-b” ended")


def test_a_fault_is_said_in_both_languages(hub: FakeHub, stock: ModelStock) -> None:
    hub.files.clear()
    stock.fetch(ENTRY.name)
    await_end(ENTRY.name)
    fault = stock.fetches()[ENTRY.name].fault
    assert fault["en"].startswith(f"{ENTRY.files[0]} could not be fetched: GLIPModel/GLIP on the")
    assert fault["zh"].startswith(f"无法获取 {ENTRY.files[0]}")


def test_only_the_catalogue_is_fetched(stock: ModelStock) -> None:
    with pytest.raises(UnknownModel):
        stock.fetch("../../somebody/else")


def test_the_stock_offers_the_catalogue_and_the_operator_s_own(stock: ModelStock) -> None:
    offers = {offer.name: offer for offer in stock.offers()}
    assert [*MODELS, "mine"] == list(offers)
    assert offers["glip-nano"].missing == ()
    assert offers["glip-nano"].languages == ("en", "zh")
    assert "GLIPModel/GLIP" in offers["glip-tiny"].source
    assert all(
        offer.knows["zh"] and offer.licence["zh"] for offer in offers.values() if offer.source
    )


def test_memory_is_given_back_without_complaint(stock: ModelStock) -> None:
    stock.reclaim()
    assert stock.build("mine").model_id == "mine"
