"""From a question to an answer, on the real service: what the page is told at each step."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from accounts.asker import Asker
from accounts.user import Role, User
from detection.errors import ResultNotFound
from detection.query import DetectionForm
from detection.result import DetectionResult
from feedback.record import RatingForm
from serving.progress import Stage
from tests.fakes import FakeDetector, image_bytes
from texts import say
from ui.answer import build_answer
from ui.detect_tab import DetectTab
from ui.guard import Updates
from ui.history_strip import build_history
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
    scenes = (
        Scene(
            path=Path(picture),
            prompts={"en": "a dog", "zh": "一只狗"},
            credits={"en": "by us", "zh": "我们画的"},
        ),
    )
    with gr.Blocks():
        return DetectTab(
            language="en",
            services=services,
            scenes=scenes,
            question=build_question("en", scenes),
            answer=build_answer("en"),
            rating=build_rating("en"),
            history=build_history("en"),
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
    assert len(json.loads(answer[tab.answer.data])["boxes"]) == 2
    assert answer[tab.question.status] == ""


def test_moving_the_threshold_never_runs_the_model(
    tab: DetectTab, picture: str, detector: FakeDetector
) -> None:
    result_id = ask(tab, picture)[tab.answer.result_id]
    views = [
        all_of(tab.look_again(ASKER, result_id, picture, threshold))[0] for threshold in (0.05, 1)
    ]
    assert [view[tab.answer.headline].split("**")[1] for view in views] == ["2 boxes", "No box"]
    assert len(detector.calls) == 1


def test_a_result_is_seen_again_by_its_own_session_only(tab: DetectTab, picture: str) -> None:
    result_id = ask(tab, picture)[tab.answer.result_id]
    thief = replace(ASKER, session_id="b" * 32)
    with pytest.raises(ResultNotFound):
        all_of(tab.look_again(thief, result_id, picture, 0.5))


def test_another_threshold_leaves_the_picture_as_it_is(tab: DetectTab, picture: str) -> None:
    result_id = ask(tab, picture)[tab.answer.result_id]
    (view,) = all_of(tab.look_again(ASKER, result_id, picture, 0.5))
    assert tab.answer.picture not in view


def test_what_is_wrong_with_a_question_is_said_below_it(tab: DetectTab, picture: str) -> None:
    refused = ask(tab, None)
    assert refused[tab.question.problem] == say("errors.image_missing", "en")
    assert refused[tab.question.detect]["visible"]
    assert tab.answer.data not in refused
    assert ask(tab, picture)[tab.question.problem] == ""


@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [
        (0, "Yours is the next question …"),
        (1, "1 question is ahead of yours …"),
        (3, "3 questions are ahead of yours …"),
    ],
)
def test_who_waits_is_told_how_many_are_ahead(
    tab: DetectTab, picture: str, ahead: int, sentence: str
) -> None:
    services = replace(tab.services, service=SilentService(ahead))  # type: ignore[arg-type]  # all that is asked

    async def wait_a_little() -> list[Updates]:
        updates = replace(tab, services=services).ask(ASKER, picture, "a dog", 0.5)
        told = [await anext(updates) for _ in range(3)]
        await updates.aclose()  # type: ignore[attr-defined]  # an async generator
        return told

    assert asyncio.run(wait_a_little())[-1][tab.question.status] == sentence


def test_an_earlier_answer_comes_back_with_its_question_and_its_rating(
    tab: DetectTab, picture: str, detector: FakeDetector
) -> None:
    first = ask(tab, picture)
    form = RatingForm(result_id=first[tab.answer.result_id], rating=4, comment="good")
    tab.services.desk.rate(form, ASKER)
    latest = ask(tab, picture, "a tree")
    result_ids = latest[tab.history.result_ids]
    assert len(latest[tab.history.gallery]["value"]) == 2
    (back,) = all_of(tab.return_to(ASKER, 1, result_ids, 0.05))
    assert back[tab.answer.result_id] == first[tab.answer.result_id]
    assert (back[tab.question.prompt], back[tab.question.picture]) == ("a dog . the cup", picture)
    assert (back[tab.rating.rating], back[tab.rating.comment]) == (4, "good")
    assert len(detector.calls) == 2


def test_nobody_returns_to_another_session_s_answer(tab: DetectTab, picture: str) -> None:
    result_ids = ask(tab, picture)[tab.history.result_ids]
    with pytest.raises(ResultNotFound):
        all_of(tab.return_to(replace(ASKER, session_id="b" * 32), 0, result_ids, 0.5))


class SilentService:
    """Takes one question, says how many are ahead of it, and never answers."""

    def __init__(self, ahead: int = 0) -> None:
        self.future: Future[DetectionResult] = Future()
        self._ahead = ahead

    def submit(
        self,
        form: DetectionForm,
        asker: Asker,
        *,
        on_stage: Callable[[Stage], None],
        on_place: Callable[[int], None],
    ) -> Future[DetectionResult]:
        on_stage(Stage.QUEUED)
        on_place(self._ahead)
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
