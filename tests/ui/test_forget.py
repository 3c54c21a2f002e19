"""Forgetting on the page: asked once, done once, and counted."""

import asyncio
from typing import Any

import gradio as gr
import pytest

from feedback.forgetting import Forgotten
from feedback.record import RatingForm
from tests.feedback.samples import ALICE, some_result
from tests.ui.conftest import request_of
from texts import Language
from ui.forget import build_forget, connect_forget
from ui.services import Services

RESULT = some_result()


def call(handler: Any) -> Any:
    request = request_of(user=ALICE.user, session_id=ALICE.session_id)

    async def collect() -> Any:
        return [update async for update in handler(request)]

    (update,) = asyncio.run(collect())
    return update


def test_nothing_goes_until_it_is_confirmed(services: Services) -> None:
    services.results.save(RESULT, ALICE)
    services.desk.rate(RatingForm(result_id=RESULT.id, rating=4), ALICE)
    with gr.Blocks() as blocks:
        prompt = gr.Textbox()
        panel = build_forget("en")
        connect_forget(panel, services.forgetting, emptied={prompt: ""})
    ask, keep, forget = (event.fn for event in blocks.fns.values())

    asked = call(ask)
    assert (asked[panel.ask]["visible"], asked[panel.question]["visible"]) == (False, True)
    kept = call(keep)
    assert (kept[panel.ask]["visible"], kept[panel.question]["visible"]) == (True, False)
    assert services.desk.of_result(RESULT.id, ALICE) is not None

    forgotten = call(forget)
    assert services.desk.of_result(RESULT.id, ALICE) is None
    assert (forgotten[prompt], forgotten[panel.note]) == ("", "Deleted: ratings: 1, results: 1.")
    assert call(forget)[panel.note] == "There was nothing to delete."


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Deleted: kept pictures: 3, remembered answers: 4, files of this page: 5."),
        ("zh", "已删除：3 张保留的图片、4 条缓存的答案、5 个页面文件。"),
    ],
)
def test_what_went_is_said_without_what_there_was_none_of(
    language: Language, sentence: str
) -> None:
    with gr.Blocks():
        panel = build_forget(language)
    forgotten = Forgotten(ratings=0, results=0, images=3, answers=4, uploads=5)
    assert panel.said(forgotten)[panel.note] == sentence
