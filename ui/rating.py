"""The rating below a result: 1 to 5, a comment, and whether the picture may be kept.

What is said of single boxes travels beside it (static/verdicts.js) and is never touched here.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action
from detection.errors import BadRating
from feedback.desk import FeedbackDesk
from feedback.record import Feedback, RatingForm
from texts import Language, say
from ui.guard import QUIET, Guard, Updates


@dataclass(frozen=True)
class RatingPanel:
    """The components a rating is given with."""

    rating: gr.Radio
    comment: gr.Textbox
    keep_image: gr.Checkbox
    send: gr.Button
    take_back: gr.Button
    note: gr.Markdown
    language: Language

    def parts(self) -> tuple[gr.components.Component, ...]:
        """What a handler may change."""
        return self.rating, self.comment, self.keep_image, self.send, self.take_back, self.note

    def cleared(self) -> Updates:
        """Nothing rated yet: a new result is on the page."""
        return {
            self.rating: None,
            self.comment: "",
            self.keep_image: False,
            **self._buttons(is_given=False),
            self.note: "",
        }

    def restored(self, given: Feedback | None) -> Updates:
        """The rating that a result was given before, if any."""
        if given is None:
            return self.cleared()
        return {
            self.rating: given.rating,
            self.comment: given.comment,
            self.keep_image: given.image_kept,
            **self._buttons(is_given=given.rating is not None),
            self.note: "",
        }

    def thanked(self, rating: int, *, is_again: bool) -> Updates:
        """The rating is stored."""
        key = "page.rated_again" if is_again else "page.rated"
        return {
            **self._buttons(is_given=True),
            self.note: say(key, self.language, rating=rating),
        }

    def taken_back(self) -> Updates:
        """The stars are gone; the tick belongs to the boxes as well and stays as it is."""
        return {
            self.rating: None,
            self.comment: "",
            **self._buttons(is_given=False),
            self.note: say("page.rating_taken_back", self.language),
        }

    def _buttons(self, *, is_given: bool) -> Updates:
        key = "page.send_again" if is_given else "page.send"
        return {
            self.send: gr.update(value=say(key, self.language)),
            self.take_back: gr.update(visible=is_given),
        }


def build_rating(language: Language) -> RatingPanel:
    """Lay out the rating inside the current column."""
    with gr.Column(elem_id="rating"):
        rating = gr.Radio(
            choices=[(str(points), points) for points in range(1, 6)],
            label=say("page.rating_title", language),
            info=say("page.rating_info", language),
            buttons=[],
            elem_id="stars",
        )
        comment = gr.Textbox(
            label=say("page.comment", language),
            placeholder=say("page.comment_placeholder", language),
            lines=2,
            max_lines=6,
            elem_id="comment",
        )
        keep_image = gr.Checkbox(
            label=say("page.keep_image", language),
            info=say("page.keep_image_info", language),
            buttons=[],
            elem_id="keep-image",
        )
        with gr.Row(elem_id="rating-buttons"):
            send = gr.Button(say("page.send", language), elem_id="send")
            take_back = gr.Button(
                say("page.take_back", language), visible=False, elem_id="take-back"
            )
        note = gr.Markdown(elem_id="rating-note")
    return RatingPanel(rating, comment, keep_image, send, take_back, note, language)


def connect_rating(
    panel: RatingPanel, desk: FeedbackDesk, *, result_id: gr.Textbox, threshold: gr.Slider
) -> None:
    """Let the buttons store the rating of the result on the page, and take it back."""

    async def rate(asker: Asker, *values: Any) -> AsyncIterator[Updates]:
        form = _form(*values)
        given = await anyio.to_thread.run_sync(desk.of_result, form.result_id, asker)
        await anyio.to_thread.run_sync(desk.rate, form.beside(given), asker)
        is_again = given is not None and given.rating is not None
        yield panel.thanked(values[1], is_again=is_again)

    async def take_back(asker: Asker, result_id: str) -> AsyncIterator[Updates]:
        given = await anyio.to_thread.run_sync(desk.of_result, result_id, asker)
        form = RatingForm(result_id=result_id, keep_image=bool(given and given.image_kept))
        boxes_alone = form.beside(given)
        if boxes_alone != form:
            await anyio.to_thread.run_sync(desk.rate, boxes_alone, asker)
        else:
            await anyio.to_thread.run_sync(desk.remove, result_id, asker)
        yield panel.taken_back()

    may_rate = Guard(Action.FEEDBACK, panel.language)
    panel.send.click(
        may_rate(rate),
        inputs=[result_id, panel.rating, panel.comment, panel.keep_image, threshold],
        outputs=[*panel.parts()],
        **QUIET,
    )
    panel.take_back.click(
        may_rate(take_back),
        inputs=[result_id],
        outputs=[*panel.parts()],
        **QUIET,
    )


def _form(result_id: str, rating: int | None, comment: str, *picture_and_view: Any) -> RatingForm:
    """Return what the panel holds. Raises BadRating where no star was chosen."""
    if rating is None:
        raise BadRating
    keep_image, threshold = picture_and_view
    return RatingForm(
        result_id=result_id,
        rating=rating,
        comment=comment,
        threshold=threshold,
        keep_image=keep_image,
    )
