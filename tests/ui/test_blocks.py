"""The page as Gradio ships it to the browser: two languages of one thing, nothing that leaks."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.user import Role
from detection.detector import ModelCard
from serving.offers import ModelState, ModelStatus, Offer
from serving.plugs import PluggedModel
from tests.ui.conftest import request_of
from texts import Language, catalogue
from ui.blocks import build_blocks
from ui.scenes import Scene
from ui.services import Services

# They need unsafe-eval in the content policy, or bring their own.
FORBIDDEN = {"html", "plot", "barplot", "lineplot", "scatterplot", "imageeditor"}


@pytest.fixture
def configs(services: Services, tmp_path: Path) -> dict[Language, Any]:
    """Each page's configuration, as the browser reads it."""
    picture = tmp_path / "scene.jpg"
    picture.write_bytes(b"\xff\xd8\xff")
    scenes = (Scene(path=picture, prompts={"en": "a dog", "zh": "一只狗"}, credit="us"),)
    languages: tuple[Language, ...] = ("en", "zh")
    return {
        language: build_blocks(language, services, scenes).get_config_file()
        for language in languages
    }


def test_both_pages_are_built_of_the_same_parts(configs: dict[Language, Any]) -> None:
    english, chinese = (
        [(part["type"], part["props"].get("elem_id")) for part in configs[language]["components"]]
        for language in configs
    )
    assert english == chinese


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
def test_no_page_holds_a_sentence_of_the_other(
    configs: dict[Language, Any], language: Language, other: Language
) -> None:
    page = json.dumps(configs[language], ensure_ascii=False, default=str)
    foreign = [
        sentence[other]
        for key, sentence in catalogue().items()
        if key.startswith("page.") and len(sentence[other]) > 3
    ]
    assert [sentence for sentence in foreign if f'"{sentence}"' in page] == []


def test_no_part_needs_what_the_content_policy_forbids(configs: dict[Language, Any]) -> None:
    for config in configs.values():
        assert not FORBIDDEN & {part["type"] for part in config["components"]}
        assert not any(event["js"] for event in config["dependencies"])


def test_no_event_is_offered_to_programs(configs: dict[Language, Any]) -> None:
    for config in configs.values():
        assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}


def test_a_question_may_always_be_cancelled(configs: dict[Language, Any]) -> None:
    cancelling = [event for event in configs["en"]["dependencies"] if event["cancels"]]
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
