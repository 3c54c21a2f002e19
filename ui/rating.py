"""The rating below a result: 1 to 5 and a comment; a second one replaces the first."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio.to_thread
import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action
from detection.errors import BadRating
from feedback.desk import FeedbackDesk
from feedback.record import RatingForm
from texts import Language, say
from ui.guard import Guard, Updates


@dataclass(frozen=True)
class RatingPanel:
    """The components a rating is given with."""

    rating: gr.Radio
    comment: gr.Textbox
    send: gr.Button
    note: gr.Markdown
    language: Language

    def parts(self) -> tuple[gr.components.Component, ...]:
        """What a handler may change."""
        return self.rating, self.comment, self.send, self.note

    def cleared(self) -> Updates:
        """Nothing rated yet: a new result is on the page."""
        return {
            self.rating: None,
            self.comment: "",
            self.send: gr.update(value=say("page.send", self.language)),
            self.note: "",
        }

    def thanked(self, rating: int, edit: int) -> Updates:
        """The rating is stored."""
        key = "page.rated_again" if edit > 1 else "page.rated"
        return {
            self.send: gr.update(value=say("page.send_again", self.language)),
            self.note: say(key, self.language, rating=rating),
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
        send = gr.Button(say("page.send", language), elem_id="send")
        note = gr.Markdown(elem_id="rating-note")
    return RatingPanel(rating, comment, send, note, language)


def connect_rating(
    panel: RatingPanel, desk: FeedbackDesk, *, result_id: gr.Textbox, threshold: gr.Slider
) -> None:
    """Let the button store the rating of the result on the page."""

    async def rate(
        asker: Asker, result_id: str, rating: int | None, comment: str, threshold: float
    ) -> AsyncIterator[Updates]:
        if rating is None:
            raise BadRating
        form = RatingForm(result_id=result_id, rating=rating, comment=comment, threshold=threshold)
        feedback = await anyio.to_thread.run_sync(desk.rate, form, asker)
        yield panel.thanked(feedback.rating, feedback.edit)

    panel.send.click(
        Guard(Action.FEEDBACK, panel.language)(rate),
        inputs=[result_id, panel.rating, panel.comment, threshold],
        outputs=[*panel.parts()],
        show_progress="hidden",
        api_visibility="private",
    )
