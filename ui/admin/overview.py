"""The first tab: what people said, at a glance."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from accounts.asker import Asker
from detection.errors import ArchiveUnavailable
from feedback.archive import FeedbackFilter, FeedbackSummary
from feedback.record import Feedback
from texts import Language, say
from ui.admin.display import render_html
from ui.admin.periods import PERIODS, start_of
from ui.admin.services import AdminServices
from ui.admin.words import (
    days_spoken,
    figures_of,
    moment_of,
    stars_of,
    stars_spoken,
    variants_spoken,
)
from ui.guard import Updates, sentence_of

CHARTS = ("days", "stars", "variants")
SHADES = ("light", "dark")
_SPOKEN = {"days": days_spoken, "stars": stars_spoken, "variants": variants_spoken}
_LOOKED_THROUGH = 60  # the latest ratings, most of which have no comment
_COMMENTS = 6


@dataclass(frozen=True, kw_only=True)
class OverviewPanel:
    """The components of the overview."""

    language: Language
    period: gr.Radio
    empty: gr.Markdown
    figures: gr.Markdown
    row: gr.Row
    charts: dict[tuple[str, str], gr.Image]  # by chart and shade
    comments: gr.Markdown

    def parts(self) -> list[gr.blocks.Block]:
        """What a handler may change."""
        return [self.empty, self.figures, self.row, *self.charts.values(), self.comments]

    def counted(self, summary: FeedbackSummary, latest: Sequence[Feedback]) -> Updates:
        """Figures and comments, which are there at once."""
        said = [_comment(feedback) for feedback in latest if feedback.comment.strip()]
        comments = said[:_COMMENTS]
        title = say("admin.comments", self.language)
        return {
            self.empty: gr.update(
                value=say("admin.nothing_yet", self.language), visible=not summary.total
            ),
            self.row: gr.update(visible=bool(summary.total)),
            self.figures: render_html(
                "admin_figures.html", figures=figures_of(summary, self.language)
            ),
            self.comments: gr.update(
                value=render_html("admin_comments.html", title=title, comments=comments),
                visible=bool(comments),
            ),
        }

    def silent(self, error: ArchiveUnavailable) -> Updates:
        """Nothing can be shown at the moment: say so where it would stand."""
        return {
            self.empty: gr.update(value=sentence_of(error, self.language), visible=True),
            self.row: gr.update(visible=False),
            self.figures: "",
            self.comments: gr.update(visible=False),
        }

    def drawn(self, summary: FeedbackSummary, pictures: dict[tuple[str, str], bytes]) -> Updates:
        """The charts, each light and dark: the style sheet shows the one that fits."""
        updates: dict[Any, Any] = {}
        for (chart, shade), data in pictures.items():
            image = self.charts[chart, shade]
            path = save_bytes_to_cache(data, f"{chart}-{shade}.png", image.GRADIO_CACHE)
            spoken = _SPOKEN[chart](summary, self.language)
            updates[image] = gr.update(value=path, alt_text=spoken)
        return updates


def build_overview(language: Language) -> OverviewPanel:
    """Lay out the overview inside the current tab."""
    period = gr.Radio(
        choices=[(say(f"admin.period_{name}", language), name) for name in PERIODS],
        value="30",
        label=say("admin.period", language),
        buttons=[],
        elem_id="period",
        elem_classes="pills",
    )
    empty = gr.Markdown(visible=False, elem_classes="empty")
    figures = gr.Markdown(elem_id="figures")
    charts: dict[tuple[str, str], gr.Image] = {}
    with gr.Row(elem_id="charts", visible=False) as row:
        for chart in CHARTS:
            with gr.Column(elem_classes="card chart", min_width=260):
                gr.Markdown(f"## {say(f'admin.chart_{chart}', language)}")
                for shade in SHADES:
                    charts[chart, shade] = _build_chart(chart, shade, language)
    comments = gr.Markdown(visible=False, latex_delimiters=[], elem_id="comments")
    return OverviewPanel(
        language=language,
        period=period,
        empty=empty,
        figures=figures,
        row=row,
        charts=charts,
        comments=comments,
    )


@dataclass(frozen=True)
class Overview:
    """The overview and what stands behind it."""

    panel: OverviewPanel
    services: AdminServices

    async def show(self, _asker: Asker, period: str) -> AsyncIterator[Updates]:
        """Count at once, then draw."""
        archive, now = self.services.archive, self.services.clock.now()
        wanted = FeedbackFilter(since=start_of(period, now))
        try:
            summary = await anyio.to_thread.run_sync(archive.summary, wanted)
            page = await anyio.to_thread.run_sync(
                lambda: archive.search(wanted, size=_LOOKED_THROUGH)
            )
        except ArchiveUnavailable as error:
            yield self.panel.silent(error)
            return
        yield self.panel.counted(summary, page.items)
        if summary.total:
            draw = anyio.to_thread.run_sync(_draw_all, summary, self.panel.language)
            yield self.panel.drawn(summary, await draw)


def _draw_all(summary: FeedbackSummary, language: Language) -> dict[tuple[str, str], bytes]:
    # Matplotlib takes seconds to import; nobody should wait for it who only starts the server.
    from ui.admin import charts  # noqa: PLC0415 - see above

    shades = dict(zip(SHADES, charts.Shade, strict=True))
    draw = {"days": charts.draw_days, "stars": charts.draw_stars, "variants": charts.draw_variants}
    return {
        (chart, shade): draw[chart](summary, language, shades[shade])
        for chart in CHARTS
        for shade in SHADES
    }


def _comment(feedback: Feedback) -> dict[str, str]:
    return {
        "stars": stars_of(feedback.rating),
        "user": feedback.user,
        "moment": feedback.at.isoformat(),
        "when": moment_of(feedback.at),
        "comment": feedback.comment,
        "prompt": feedback.prompt.text,
    }


def _build_chart(chart: str, shade: str, language: Language) -> gr.Image:
    return gr.Image(
        label=say(f"admin.chart_{chart}", language),
        show_label=False,
        type="filepath",
        interactive=False,
        buttons=[],
        container=False,
        elem_id=f"chart-{chart}-{shade}",
        elem_classes=f"only-{shade}",
    )
