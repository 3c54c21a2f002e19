"""From a question to an answer, on the real service: what the page is told at each step."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from accounts.asker import Asker
from accounts.user import Role, User
from detection.errors import ImageMissing, ResultNotFound
from detection.query import DetectionForm
from detection.result import DetectionResult
from serving.progress import Stage
from tests.fakes import FakeDetector, image_bytes
from ui.answer import build_answer
from ui.detect_tab import DetectTab
from ui.guard import Updates
from ui.question import build_question
from ui.rating import build_rating
from ui.scenes import Scene
from ui.services import Services

ASKER = Asker(
    user=User("guest", Role.GUEST),
    session_id="a" * 32,
    address="127.0.0.1",
    has_cookie=True,
    language="en",
)


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "picture.png"
    path.write_bytes(image_bytes(320, 240))
    return str(path)


@pytest.fixture
def tab(services: Services, picture: str) -> DetectTab:
    scenes = (Scene(path=Path(picture), prompts={"en": "a dog", "zh": "一只狗"}, credit="us"),)
    with gr.Blocks():
        return DetectTab(
            language="en",
            services=services,
            scenes=scenes,
            question=build_question("en", scenes),
            answer=build_answer("en"),
            rating=build_rating("en"),
        )


def all_of(updates: AsyncIterator[Updates]) -> list[Updates]:
    async def collect() -> list[Updates]:
        return [update async for update in updates]

    return asyncio.run(collect())


def ask(tab: DetectTab, picture: str | None, prompt: str = "a dog . the cup") -> dict[Any, Any]:
    return dict(all_of(tab.ask(ASKER, picture, prompt, 0.05))[-1])


def test_the_page_is_told_each_stage_and_then_the_answer(tab: DetectTab, picture: str) -> None:
    *told, answer = all_of(tab.ask(ASKER, picture, "a dog . the cup", 0.05))
    sentences = [update[tab.question.status] for update in told]
    assert sentences[0] == "Waiting for a turn …"
    assert "Looking for your words …" in sentences
    assert answer[tab.answer.headline].startswith("**2 boxes**")
    assert Path(answer[tab.answer.picture]["value"]).read_bytes()[:3] == b"\xff\xd8\xff"
    assert answer[tab.question.status] == ""


def test_moving_the_threshold_never_runs_the_model(
    tab: DetectTab, picture: str, detector: FakeDetector
) -> None:
    result_id = ask(tab, picture)[tab.answer.result_id]
    views = [
        all_of(tab.look_again(ASKER, result_id, picture, threshold))[0] for threshold in (0.05, 1)
    ]
    assert [len(view[tab.answer.table]["value"]) for view in views] == [2, 0]
    assert len(detector.calls) == 1


def test_a_result_is_seen_again_by_its_own_session_only(tab: DetectTab, picture: str) -> None:
    result_id = ask(tab, picture)[tab.answer.result_id]
    thief = replace(ASKER, session_id="b" * 32)
    with pytest.raises(ResultNotFound):
        all_of(tab.look_again(thief, result_id, picture, 0.5))


def test_boxes_are_never_drawn_on_another_picture(
    tab: DetectTab, picture: str, tmp_path: Path
) -> None:
    result_id = ask(tab, picture)[tab.answer.result_id]
    other = tmp_path / "other.png"
    other.write_bytes(image_bytes(320, 240, colour=(1, 2, 3)))
    for held in (str(other), None):
        (view,) = all_of(tab.look_again(ASKER, result_id, held, 0.5))
        assert tab.answer.picture not in view


def test_no_picture_is_an_error_before_anything_is_shown(tab: DetectTab) -> None:
    with pytest.raises(ImageMissing):
        ask(tab, None)


class SilentService:
    """Takes one question and never answers."""

    def __init__(self) -> None:
        self.future: Future[DetectionResult] = Future()

    def submit(
        self, form: DetectionForm, asker: Asker, *, on_stage: Callable[[Stage], None]
    ) -> Future[DetectionResult]:
        on_stage(Stage.QUEUED)
        return self.future


def test_closing_the_page_cancels_the_question(tab: DetectTab, picture: str) -> None:
    silent = SilentService()
    services = replace(tab.services, service=silent)  # type: ignore[arg-type]  # all that is asked

    async def close_while_waiting() -> None:
        updates = replace(tab, services=services).ask(ASKER, picture, "a dog", 0.5)
        await anext(updates)
        await anext(updates)  # the first stage: the question is with the service
        await updates.aclose()  # type: ignore[attr-defined]  # an async generator

    asyncio.run(close_while_waiting())
    assert silent.future.cancelled()


def test_a_scene_fills_picture_and_prompt(tab: DetectTab) -> None:
    (update,) = all_of(tab.pick_scene(ASKER, 0))
    assert update[tab.question.prompt] == "a dog"
    assert Path(update[tab.question.picture]).read_bytes() == image_bytes(320, 240)
    assert update[tab.answer.result_id] == ""
