"""Rating a result: stored before it is thanked for; what was said of boxes stays beside it."""

import asyncio
from typing import Any

import gradio as gr
import pytest

from detection.prompt import Prompt
from feedback.record import RatingForm
from tests.feedback.samples import ALICE, MISSED, VERDICTS, some_image, some_result
from tests.ui.conftest import Toasts, request_of
from texts import say
from ui.rating import build_rating, connect_rating
from ui.services import Services

BAD_RATING = say("errors.bad_rating", "en")
RESULT = some_result(prompt=Prompt.parse("a dog . 红色杯子"), image_digest=some_image().digest)
BOXES = RatingForm(result_id=RESULT.id, threshold=0.05, verdicts=VERDICTS, missed=MISSED)


class Page:
    """The panel and its handlers, as Gradio calls them."""

    def __init__(self, services: Services) -> None:
        self.desk = services.desk
        with gr.Blocks() as blocks:
            self.panel = build_rating("en")
            result_id, threshold = gr.Textbox(), gr.Slider(0, 1)
            connect_rating(self.panel, services.desk, result_id=result_id, threshold=threshold)
        self._rate, self._take_back = (event.fn for event in blocks.fns.values())

    def rate(self, rating: int | None, comment: str = "", *, keep_image: bool = False) -> Any:
        return self._call(self._rate, rating, comment, keep_image, 0.5)

    def take_back(self) -> Any:
        return self._call(self._take_back)

    def said(self) -> Any:
        return self.desk.of_result(RESULT.id, ALICE)

    def _call(self, handler: Any, *values: object) -> Any:
        request = request_of(user=ALICE.user, session_id=ALICE.session_id)

        async def collect() -> Any:
            return [update async for update in handler(request, RESULT.id, *values)]

        (update,) = asyncio.run(collect())
        return update


@pytest.fixture
def page(services: Services) -> Page:
    services.results.save(RESULT, ALICE)
    return Page(services)


def test_the_second_rating_says_that_it_replaced_the_first(page: Page) -> None:
    note = page.panel.note
    assert page.rate(2)[note] == "Thank you. 2 of 5 is saved; sending again replaces it."
    assert page.rate(5, "better")[note] == "Replaced: 5 of 5 is saved."


@pytest.mark.parametrize(
    ("rating", "comment", "sentence"),
    [
        (None, "", BAD_RATING),
        (9, "", BAD_RATING),
        (3, "x" * 2001, "A comment has at most 2000 characters and no control characters."),
    ],
    ids=["none chosen", "out of range", "too long"],
)
def test_what_cannot_be_stored_is_said_and_nothing_is_lost(
    page: Page, rating: int | None, comment: str, sentence: str, toasts: Toasts
) -> None:
    assert page.panel.comment not in page.rate(rating, comment)
    assert toasts() == [sentence]


def test_stars_leave_what_was_said_of_boxes_alone(page: Page) -> None:
    page.desk.rate(BOXES, ALICE)
    update = page.rate(4, "fine")
    assert update[page.panel.note].startswith("Thank you.")
    said = page.said()
    assert (said.rating, said.comment) == (4, "fine")
    assert (said.verdicts, said.missed, said.threshold) == (VERDICTS, MISSED, 0.05)


def test_taking_stars_back_leaves_the_boxes(page: Page) -> None:
    page.desk.rate(BOXES, ALICE)
    page.rate(4, "fine")
    update = page.take_back()
    assert (update[page.panel.rating], update[page.panel.comment]) == (None, "")
    said = page.said()
    assert (said.rating, said.comment, said.verdicts, said.missed) == (None, "", VERDICTS, MISSED)


def test_taking_stars_back_leaves_nothing_where_there_was_nothing_else(page: Page) -> None:
    page.rate(4)
    assert page.take_back()[page.panel.note] == "Your rating is gone."
    assert page.said() is None


def test_a_picture_that_is_gone_is_said_and_nothing_is_stored(page: Page, toasts: Toasts) -> None:
    page.rate(4, keep_image=True)
    assert toasts() == [say("errors.image_gone", "en")]
    assert page.said() is None


def test_an_earlier_rating_is_shown_as_it_was_given(page: Page) -> None:
    page.rate(4, "fine")
    restored = page.panel.restored(page.said())
    assert (restored[page.panel.rating], restored[page.panel.comment]) == (4, "fine")
    assert restored[page.panel.take_back]["visible"]
    assert page.panel.restored(None) == page.panel.cleared()
