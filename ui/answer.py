"""The right side of the page: picture, threshold, and the places our own scripts fill.

Words, boxes, table and downloads are drawn by `static/answer.js` from the data below.
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from detection.detector import ModelCard
from texts import Language, say
from ui.facts import Facts, render_facts
from ui.guard import Updates


@dataclass(frozen=True)
class AnswerPanel:
    """The components an answer is shown in."""

    empty: gr.Markdown
    body: gr.Column
    headline: gr.Markdown
    picture: gr.Image
    threshold: gr.Slider
    # The browser holds the id, not this process: after a restart it still names its result,
    # and the store hands a result to its own session only.
    result_id: gr.Textbox
    # In the page, but out of sight: what our scripts draw.
    data: gr.Textbox

    def parts(self) -> tuple[gr.blocks.Block, ...]:
        """What a handler may change."""
        return self.empty, self.body, self.headline, self.picture, self.result_id, self.data

    def showing(self, headline: str, facts: Facts, picture: str | None = None) -> Updates:
        """The answer; `picture` is the path of a clean JPEG, None where it stays as it is."""
        updates: dict[Any, Any] = {
            self.empty: gr.update(visible=False),
            self.body: gr.update(visible=True),
            self.headline: headline,
            self.result_id: facts["id"],
            self.data: render_facts(facts),
        }
        if picture is not None:
            updates[self.picture] = gr.update(value=picture, alt_text=facts["spoken"])
        return updates

    def emptied(self) -> Updates:
        """No answer yet."""
        return {
            self.empty: gr.update(visible=True),
            self.body: gr.update(visible=False),
            self.result_id: "",
            self.data: "",
        }


def build_answer(language: Language) -> AnswerPanel:
    """Lay out the answer inside the current column."""
    empty = gr.Markdown(say("page.answer_empty", language), elem_id="answer-empty")
    data = gr.Textbox(visible="hidden", elem_id="answer-data")
    with gr.Column(visible=False, elem_id="answer") as body:
        headline = gr.Markdown(elem_id="headline")
        gr.Column(elem_id="words")
        picture = _build_picture(language)
        gr.Column(elem_id="opinion")
        threshold = _build_threshold(language)
        gr.Column(elem_id="found")
        gr.Column(elem_id="save")
        result_id = gr.Textbox(visible=False, elem_id="result-id")
    return AnswerPanel(empty, body, headline, picture, threshold, result_id, data)


def _build_picture(language: Language) -> gr.Image:
    return gr.Image(
        label=say("page.answer", language),
        show_label=False,
        type="filepath",
        interactive=False,
        buttons=["fullscreen"],
        elem_id="boxes",
    )


def _build_threshold(language: Language) -> gr.Slider:
    card = ModelCard()  # until the page has loaded and the model's own card is asked
    return gr.Slider(
        minimum=card.score_floor,
        maximum=1.0,
        value=card.default_threshold,
        step=0.01,
        label=say("page.threshold", language),
        info=say("page.threshold_info", language),
        buttons=[],
        elem_id="threshold",
    )
