"""One rating opened: picture, boxes, words, what was said of each box, and all facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from detection.errors import BadImage
from detection.image import SourceImage
from feedback.record import Feedback
from texts import Language, say
from ui.admin.display import render_html
from ui.admin.drawing import draw_opinion
from ui.admin.table import build_table
from ui.admin.words import box_rows, fact_rows, moment_of, stars_of
from ui.guard import Updates

FindPicture = Callable[[str], Path | None]
_COLUMNS: Mapping[str, Mapping[str, str | int]] = {
    "boxes": {"number": 56, "phrase": 146, "score": 70, "box": 196, "verdict": 134},  # pixels
    "facts": {"fact": "34%", "value": "66%"},
}


@dataclass(frozen=True, kw_only=True)
class OpenedPanel:
    """The components one rating is shown in."""

    language: Language
    body: gr.Column
    back: gr.Button
    headline: gr.Markdown
    picture: gr.Image
    note: gr.Markdown
    prompt: gr.Textbox
    comment: gr.Textbox
    boxes: gr.Dataframe
    facts: gr.Dataframe

    def parts(self) -> list[gr.blocks.Block]:
        """What a handler may change."""
        return [
            *(self.body, self.headline, self.picture, self.note),
            *(self.prompt, self.comment, self.boxes, self.facts),
        ]

    def showing(self, feedback: Feedback, find_picture: FindPicture) -> Updates:
        """Everything that is known of one rating; reads the picture, where it was kept."""
        picture = _load(find_picture(feedback.image_digest)) if feedback.image_kept else None
        drawn = draw_opinion(feedback, picture)
        path = save_bytes_to_cache(drawn, "opinion.png", self.picture.GRADIO_CACHE)
        rows = box_rows(feedback, self.language)
        note = "admin.picture_kept" if picture else "admin.picture_not_kept"
        return {
            self.body: gr.update(visible=True),
            self.headline: self._headline(feedback),
            self.picture: gr.update(value=path, alt_text=self._spoken(len(rows))),
            self.note: say(note, self.language),
            self.prompt: feedback.prompt.text,
            self.comment: gr.update(value=feedback.comment, visible=bool(feedback.comment)),
            self.boxes: gr.update(value=rows, visible=bool(rows)),
            self.facts: fact_rows(feedback, self.language),
        }

    def closed(self) -> Updates:
        """Nothing is open, and no picture stays in the page."""
        return {self.body: gr.update(visible=False), self.picture: None}

    def _headline(self, feedback: Feedback) -> str:
        edits = say("admin.edited", self.language, count=feedback.edit - 1)
        facts: dict[str, Any] = {
            "stars": stars_of(feedback.rating) or say("admin.no_stars", self.language),
            "user": feedback.user,
            "moment": feedback.at.isoformat(),
            "when": f"{moment_of(feedback.at)} UTC",
            "edits": edits if feedback.edit > 1 else "",
        }
        return render_html("admin_headline.html", **facts)

    def _spoken(self, count: int) -> str:
        return say("admin.picture_spoken", self.language, count=count)


def build_opened(language: Language) -> OpenedPanel:
    """Lay out one rating, hidden until it is opened."""
    with gr.Column(visible=False, elem_id="opened") as body:
        back = gr.Button(say("admin.back", language), size="sm", elem_id="back")
        with gr.Row(elem_id="opened-columns"):
            with gr.Column(scale=6, min_width=320, elem_classes="card"):
                picture = _build_picture(language)
                note = gr.Markdown(elem_id="picture-note")
                boxes = _build_table("boxes", language)
            with gr.Column(scale=5, min_width=320, elem_classes="card"):
                headline = gr.Markdown(latex_delimiters=[], elem_id="opened-headline")
                prompt = _build_text("prompt", language)
                comment = _build_text("comment", language)
                facts = _build_table("facts", language)
    return OpenedPanel(
        language=language,
        body=body,
        back=back,
        headline=headline,
        picture=picture,
        note=note,
        prompt=prompt,
        comment=comment,
        boxes=boxes,
        facts=facts,
    )


def _load(path: Path | None) -> SourceImage | None:
    """A kept picture; None where it has been taken back or cannot be read any more."""
    try:
        return SourceImage.from_bytes(path.read_bytes()) if path else None
    except (OSError, BadImage):
        return None


def _build_picture(language: Language) -> gr.Image:
    return gr.Image(
        label=say("admin.column_picture", language),
        show_label=False,
        type="filepath",
        interactive=False,
        buttons=["fullscreen"],
        elem_id="opinion",
    )


def _build_text(name: str, language: Language) -> gr.Textbox:
    return gr.Textbox(
        label=say(f"admin.column_{name}", language),
        interactive=False,
        lines=1,
        max_lines=40,
        buttons=["copy"],
        elem_id=f"opened-{name}",
    )


def _build_table(name: str, language: Language) -> gr.Dataframe:
    return build_table(
        f"opened-{name}",
        label=say(f"admin.{name}", language),
        headers=[say(f"admin.column_{column}", language) for column in _COLUMNS[name]],
        widths=_COLUMNS[name].values(),
    )
