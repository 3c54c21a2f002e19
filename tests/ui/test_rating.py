"""Rating a result: stored before it is thanked for; the second one replaces the first."""

import asyncio
from typing import Any

import gradio as gr
import pytest

from detection.prompt import Prompt
from tests.feedback.samples import ALICE, some_result
from tests.ui.conftest import Toasts, request_of
from ui.rating import RatingPanel, build_rating, connect_rating
from ui.services import Services

RESULT = some_result(prompt=Prompt.parse("a dog . 红色杯子"))


@pytest.fixture
def page(services: Services) -> tuple[RatingPanel, Any]:
    """The panel and its handler, as Gradio calls it."""
    services.results.save(RESULT, ALICE)
    with gr.Blocks() as blocks:
        panel = build_rating("en")
        result_id, threshold = gr.Textbox(), gr.Slider(0, 1)
        connect_rating(panel, services.desk, result_id=result_id, threshold=threshold)
    (event,) = blocks.fns.values()
    return panel, event.fn


def rate(page: tuple[RatingPanel, Any], rating: int | None, comment: str = "") -> Any:
    request = request_of(user=ALICE.user, session_id=ALICE.session_id)

    async def collect() -> Any:
        return [update async for update in page[1](request, RESULT.id, rating, comment, 0.5)]

    (update,) = asyncio.run(collect())
    return update


def test_the_second_rating_says_that_it_replaced_the_first(page: tuple[RatingPanel, Any]) -> None:
    panel, _ = page
    assert rate(page, 2)[panel.note] == "Thank you. 2 of 5 is saved; sending again replaces it."
    assert rate(page, 5, "better")[panel.note] == "Replaced: 5 of 5 is saved."


@pytest.mark.parametrize(
    ("rating", "comment", "sentence"),
    [
        (None, "", "A rating is a whole number from 1 to 5."),
        (9, "", "A rating is a whole number from 1 to 5."),
        (3, "x" * 2001, "A comment has at most 2000 characters and no control characters."),
    ],
    ids=["none chosen", "out of range", "too long"],
)
def test_what_cannot_be_stored_is_said_and_nothing_is_lost(
    page: tuple[RatingPanel, Any],
    rating: int | None,
    comment: str,
    sentence: str,
    toasts: Toasts,
) -> None:
    assert page[0].comment not in rate(page, rating, comment)
    assert toasts() == [sentence]
