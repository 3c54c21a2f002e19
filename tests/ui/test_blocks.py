"""The page as Gradio ships it to the browser: two languages of one thing, nothing that leaks."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from accounts.user import Role
from detection.detector import ModelCard
from serving.offers import ModelState, ModelStatus, Offer
from serving.plugs import PluggedModel
from tests.ui.conftest import request_of
from tests.ui.page_contract import PageContract
from texts import LANGUAGES, Language
from ui.blocks import build_blocks
from ui.scenes import Scene
from ui.services import Services


@pytest.fixture
def pages(services: Services, tmp_path: Path) -> dict[Language, gr.Blocks]:
    """The page in each language, with one scene."""
    picture = tmp_path / "scene.jpg"
    picture.write_bytes(b"\xff\xd8\xff")
    scenes = (
        Scene(
            path=picture,
            prompts={"en": "a dog", "zh": "一只狗"},
            credits={"en": "by us", "zh": "我们画的"},
        ),
    )
    return {language: build_blocks(language, services, scenes) for language in LANGUAGES}


class TestPage(PageContract):
    texts = "page."


@pytest.mark.parametrize(("language", "credit"), [("en", "by us"), ("zh", "我们画的")])
def test_who_made_the_scenes_is_said(
    pages: dict[Language, gr.Blocks], language: Language, credit: str
) -> None:
    parts = pages[language].get_config_file()["components"]
    assert credit in [part["props"].get("value") for part in parts]


def test_a_question_may_always_be_cancelled(pages: dict[Language, gr.Blocks]) -> None:
    events = pages["en"].get_config_file()["dependencies"]
    cancelling = [event for event in events if event["cancels"]]
    assert len(cancelling) == 3  # the button, another picture, an earlier answer


def test_a_page_opened_early_says_so_and_waits_for_the_model() -> None:
    card = ModelCard(score_floor=0.1, default_threshold=0.4, knows={"zh": "会认狗。"})
    loading = LoadingService([], [PluggedModel("fake", "1", card)])
    services = Services(service=loading, results=None, desk=None, forgetting=None)  # type: ignore[arg-type]  # no question is asked
    page = build_blocks("zh", services, ())
    introduce: Any
    (introduce,) = (event.fn for event in page.fns.values() if event.targets[0][1] == "load")

    async def collect() -> list[dict[str, Any]]:
        return [
            {
                component.elem_id or type(component).__name__: value
                for component, value in one.items()
            }
            async for one in introduce(request_of())
        ]

    first, second = asyncio.run(collect())
    assert first["knows"] == "模型正在加载……"
    assert first["model"]["value"] == "fake"
    assert first["Timer"].active  # goes on looking
    assert second["knows"] == "会认狗。"
    assert second["threshold"] == {"__type__": "update", "minimum": 0.1, "value": 0.4}
    assert "model" not in second  # somebody may have chosen another


class LoadingService:
    """Answers `models()` with one list after the other."""

    shelf = SimpleNamespace(
        statuses=lambda: (ModelStatus(offer=Offer(name="fake"), state=ModelState.LOADING),)
    )

    def __init__(self, *answers: list[PluggedModel]) -> None:
        self._answers = list(answers)

    def models(self) -> list[PluggedModel]:
        return self._answers.pop(0)


def test_only_admins_are_led_to_the_admin_page(services: Services) -> None:
    page = build_blocks("zh", services, ())
    introduce: Any
    (introduce,) = (event.fn for event in page.fns.values() if event.targets[0][1] == "load")

    async def collect(role: Role) -> str:
        yielded = [updates async for updates in introduce(request_of(role=role))]
        return json.dumps([list(map(str, updates.values())) for updates in yielded])

    assert "](/admin/)" not in asyncio.run(collect(Role.GUEST))
    assert "](/admin/)" in asyncio.run(collect(Role.ADMIN))
