"""A table to be read: one look for all of them, and each cell as it was typed."""

from collections.abc import Iterable

import gradio as gr


def build_table(
    elem_id: str, *, label: str, headers: Iterable[str], widths: Iterable[str | int]
) -> gr.Dataframe:
    """Build a table whose columns are as wide as `widths`: pixels, or a share like "40%"."""
    return gr.Dataframe(
        headers=list(headers),
        datatype="str",  # no cell is read as markup
        column_widths=list(widths),
        interactive=False,
        show_label=False,
        label=label,
        max_height=2000,
        wrap=True,
        buttons=[],
        elem_id=elem_id,
        elem_classes="admin-table",
    )
