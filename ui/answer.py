"""The right side of the page: boxes on the picture, words in their colours, table, threshold."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from detection.detector import ModelCard
from texts import Language, say
from ui.guard import Updates
from ui.view import View

_COLUMNS = ("column_number", "column_phrase", "column_score", "column_box")


@dataclass(frozen=True)
class AnswerPanel:
    """The components an answer is shown in."""

    empty: gr.Markdown
    body: gr.Column
    headline: gr.Markdown
    picture: gr.Image
    legend: gr.HighlightedText
    threshold: gr.Slider
    table: gr.Dataframe
    # The browser holds the id, not this process: after a restart it still names its result,
    # and the store hands a result to its own session only.
    result_id: gr.Textbox

    def parts(self) -> tuple[gr.blocks.Block, ...]:
        """What a handler may change."""
        return (
            self.empty,
            self.body,
            self.headline,
            self.picture,
            self.legend,
            self.table,
            self.result_id,
        )

    def showing(self, view: View, drawn: bytes | None) -> Updates:
        """The answer at its threshold; without `drawn` (a JPEG) the picture stays as it is."""
        updates: dict[Any, Any] = {
            self.empty: gr.update(visible=False),
            self.body: gr.update(visible=True),
            self.headline: view.headline(),
            self.legend: gr.update(value=view.marks(), color_map=view.colours()),
            self.table: gr.update(value=view.rows(), visible=bool(len(view.shown))),
            self.result_id: view.result.id,
        }
        if drawn is not None:
            path = save_bytes_to_cache(drawn, "boxes.jpg", self.picture.GRADIO_CACHE)
            updates[self.picture] = gr.update(value=path, alt_text=view.spoken())
        return updates

    def emptied(self) -> Updates:
        """No answer yet."""
        return {
            self.empty: gr.update(visible=True),
            self.body: gr.update(visible=False),
            self.result_id: "",
        }


def build_answer(language: Language) -> AnswerPanel:
    """Lay out the answer inside the current column."""
    empty = gr.Markdown(say("page.answer_empty", language), elem_id="answer-empty")
    with gr.Column(visible=False, elem_id="answer") as body:
        headline = gr.Markdown(elem_id="headline")
        picture = _build_picture(language)
        legend = _build_legend(language)
        threshold = _build_threshold(language)
        table = _build_table(language)
        result_id = gr.Textbox(visible=False, elem_id="result-id")
    return AnswerPanel(empty, body, headline, picture, legend, threshold, table, result_id)


def _build_picture(language: Language) -> gr.Image:
    return gr.Image(
        label=say("page.answer", language),
        show_label=False,
        type="filepath",
        interactive=False,
        buttons=["download", "fullscreen"],
        elem_id="boxes",
    )


def _build_legend(language: Language) -> gr.HighlightedText:
    return gr.HighlightedText(
        label=say("page.legend", language), interactive=False, buttons=[], elem_id="legend"
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


def _build_table(language: Language) -> gr.Dataframe:
    return gr.Dataframe(
        headers=[say(f"page.{column}", language) for column in _COLUMNS],
        datatype="str",
        column_widths=["13%", "39%", "16%", "32%"],
        interactive=False,
        show_label=False,
        label=say("page.answer", language),
        max_height=320,
        wrap=True,
        buttons=[],
        elem_id="table",
    )
