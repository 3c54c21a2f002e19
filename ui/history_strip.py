"""The strip of the last questions: thumbnails, newest first. Layout only; no handler."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from texts import Language, say
from ui.guard import Updates
from ui.history import Asked


@dataclass(frozen=True)
class HistoryStrip:
    """The components of the strip."""

    gallery: gr.Gallery
    # Which results the page shows, in its order: another tab may have asked since.
    result_ids: gr.Textbox

    def parts(self) -> tuple[gr.components.Component, ...]:
        """What a handler may change."""
        return self.gallery, self.result_ids

    def showing(self, kept: Sequence[Asked]) -> Updates:
        """The session's last questions."""
        return {
            self.gallery: gr.update(
                value=[(asked.thumbnail, asked.caption) for asked in kept],
                selected_index=None,
                visible=bool(kept),
            ),
            self.result_ids: " ".join(asked.result_id for asked in kept),
        }


def build_history(language: Language) -> HistoryStrip:
    """Lay out the strip inside the current column."""
    gallery = gr.Gallery(
        visible=False,
        label=say("page.history", language),
        columns=4,
        height="auto",
        object_fit="cover",
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id="history",
    )
    return HistoryStrip(gallery, gr.Textbox(visible=False, elem_id="history-ids"))
