"""The second tab: every rating that is wanted, page by page; one of them opened; exports."""

from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action
from detection.errors import ArchiveUnavailable
from feedback.archive import FeedbackFilter, FeedbackPage
from feedback.filters import FilterForm
from texts import Language, say
from ui.admin.filter_panel import FilterPanel, build_filter, form_of
from ui.admin.opened import OpenedPanel, build_opened
from ui.admin.services import AdminServices
from ui.admin.table import build_table
from ui.admin.words import list_row
from ui.guard import QUIET, Guard, Updates, sentence_of

PAGE_SIZE = 20
_COLUMNS = {  # and how many pixels wide; a phone scrolls
    "rating": 70,
    "prompt": 250,
    "comment": 306,
    "boxes": 92,
    "user": 112,
    "when": 152,
    "model": 180,
}


@dataclass(frozen=True, kw_only=True)
class RatingsPanel:
    """The components of the list."""

    language: Language
    filter: FilterPanel
    column: gr.Column
    empty: gr.Markdown
    found: gr.Column
    table: gr.Dataframe
    ids: gr.Textbox  # of the rows on the page, held by the browser
    page: gr.Number
    back: gr.Button
    place: gr.Markdown
    on: gr.Button
    exports: dict[str, gr.Button]
    opened: OpenedPanel

    def parts(self) -> list[gr.blocks.Block]:
        """What a handler may change."""
        return [
            *(*self.filter.fields(), self.column, self.empty, self.found, self.table, self.ids),
            *(self.page, self.back, self.place, self.on, *self.exports.values()),
            *self.opened.parts(),
        ]

    def listing(self, found: FeedbackPage, page: int, form: FilterForm) -> Updates:
        """One page of the list, and links that export all of it."""
        last = last_page(found)
        facts = {"page": page, "last": last, "total": found.total}
        return {
            **self._links(form),
            **self.opened.closed(),
            self.column: gr.update(visible=True),
            self.empty: gr.update(
                value=say("admin.none_found", self.language), visible=not found.total
            ),
            self.found: gr.update(visible=bool(found.total)),
            self.table: gr.update(value=[list_row(feedback) for feedback in found.items]),
            self.ids: " ".join(feedback.id for feedback in found.items),
            self.page: page,
            self.back: gr.update(interactive=page > 1),
            self.place: say("admin.place", self.language, **facts),
            self.on: gr.update(interactive=page < last),
        }

    def silent(self, error: ArchiveUnavailable) -> Updates:
        """Nothing can be listed at the moment: say so where the list would stand."""
        return {
            **self.opened.closed(),
            self.column: gr.update(visible=True),
            self.empty: gr.update(value=sentence_of(error, self.language), visible=True),
            self.found: gr.update(visible=False),
        }

    def _links(self, form: FilterForm) -> Updates:
        return {
            button: gr.update(link=export_link(name, form)) for name, button in self.exports.items()
        }


def last_page(found: FeedbackPage) -> int:
    """Return the number of the last page; there is one even of nothing."""
    return max(1, -(-found.total // PAGE_SIZE))


def export_link(name: str, form: FilterForm) -> str:
    """Return where the ratings of a filter are exported in one format."""
    return f"/api/feedback/export?{urlencode([('format', name), *form.query()])}"


def build_ratings(language: Language, export_formats: Collection[str]) -> RatingsPanel:
    """Lay out list and opened rating inside the current tab."""
    with gr.Column(elem_id="list") as column:
        with gr.Column(elem_classes="card"):
            filter_panel = build_filter(language)
        empty = gr.Markdown(visible=False, elem_classes="empty")
        with gr.Column(elem_classes="card", visible=False, elem_id="found") as found:
            table = _build_table(language)
            with gr.Row(elem_id="paging"):
                back = gr.Button(say("admin.newer", language), size="sm", elem_id="newer")
                place = gr.Markdown(elem_id="place")
                on = gr.Button(say("admin.older", language), size="sm", elem_id="older")
            with gr.Row(elem_id="exports"):
                gr.Markdown(say("admin.export", language))
                exports = {name: _build_export(name, language) for name in export_formats}
    opened = build_opened(language)
    return RatingsPanel(
        language=language,
        filter=filter_panel,
        column=column,
        empty=empty,
        found=found,
        table=table,
        ids=gr.Textbox(visible=False),
        page=gr.Number(value=1, precision=0, visible=False),
        back=back,
        place=place,
        on=on,
        exports=exports,
        opened=opened,
    )


@dataclass(frozen=True)
class Ratings:
    """The list and what stands behind it."""

    panel: RatingsPanel
    services: AdminServices

    async def search(self, _asker: Asker, *values: Any) -> AsyncIterator[Updates]:
        """Show the first page of what is wanted."""
        yield await self._page(1, form_of(*values))

    async def turn_back(self, _asker: Asker, page: float, *values: Any) -> AsyncIterator[Updates]:
        yield await self._page(int(page or 1) - 1, form_of(*values))

    async def turn_on(self, _asker: Asker, page: float, *values: Any) -> AsyncIterator[Updates]:
        yield await self._page(int(page or 1) + 1, form_of(*values))

    async def clear(self, _asker: Asker) -> AsyncIterator[Updates]:
        """Want everything again."""
        yield {**await self._page(1, FilterForm()), **self.panel.filter.cleared()}

    async def enter(self, asker: Asker, *values: Any) -> AsyncIterator[Updates]:
        """The tab is opened: offer the names there are, and search."""
        archive = self.services.archive
        with suppress(ArchiveUnavailable):  # the search is about to say so
            summary = await anyio.to_thread.run_sync(archive.summary, FeedbackFilter())
            yield self.panel.filter.offering(summary)
        async for updates in self.search(asker, *values):
            yield updates

    async def open(self, _asker: Asker, cell: list[int], ids: str) -> AsyncIterator[Updates]:
        """Show the rating of the row that was selected; one that is gone is said to be."""
        known, row = ids.split(), cell[0]
        wanted = known[row] if row < len(known) else ""
        feedback = await anyio.to_thread.run_sync(self.services.archive.find, wanted)
        if feedback is None:
            gr.Warning(say("admin.gone", self.panel.language))
            yield gr.skip()
            return
        find = self.services.find_picture
        shown = await anyio.to_thread.run_sync(self.panel.opened.showing, feedback, find)
        yield {**shown, self.panel.column: gr.update(visible=False)}

    async def close(self, _asker: Asker) -> AsyncIterator[Updates]:
        yield {**self.panel.opened.closed(), self.panel.column: gr.update(visible=True)}

    async def _page(self, page: int, form: FilterForm) -> Updates:
        wanted = form.parse()
        try:
            found, page = await anyio.to_thread.run_sync(self._find, wanted, max(1, page))
        except ArchiveUnavailable as error:
            return self.panel.silent(error)
        return self.panel.listing(found, page, form)

    def _find(self, wanted: FeedbackFilter, page: int) -> tuple[FeedbackPage, int]:
        """Return a page and its number: the last one's where there are not (any more) so many."""
        search = partial(self.services.archive.search, wanted, size=PAGE_SIZE)
        found = search(page=page)
        last = last_page(found)
        return (search(page=last), last) if page > last else (found, page)


def connect_ratings(tab: gr.Tab, ratings: Ratings) -> None:
    """Wire the list: search, paging, opening and closing."""
    panel = ratings.panel
    may_read = Guard(Action.EXPORT, panel.language, unexpected="admin.unexpected")
    fields = panel.filter.fields()
    quiet: dict[str, Any] = {"outputs": panel.parts(), **QUIET}
    tab.select(may_read(ratings.enter), inputs=fields, **quiet)
    gr.on(
        [
            panel.filter.search.click,
            *(field.submit for field in (panel.filter.text, panel.filter.user)),
            *(field.submit for field in (panel.filter.session,)),
            *(field.input for field in (panel.filter.rating, panel.filter.model)),
            panel.filter.variant.input,
            *(field.change for field in (panel.filter.since, panel.filter.until)),
        ],
        may_read(ratings.search),
        inputs=fields,
        trigger_mode="always_last",
        **quiet,
    )
    panel.filter.clear.click(may_read(ratings.clear), **quiet)
    panel.back.click(may_read(ratings.turn_back), inputs=[panel.page, *fields], **quiet)
    panel.on.click(may_read(ratings.turn_on), inputs=[panel.page, *fields], **quiet)
    panel.table.select(may_read.selecting(ratings.open), inputs=[panel.ids], **quiet)
    panel.opened.back.click(may_read(ratings.close), **quiet)


def _build_table(language: Language) -> gr.Dataframe:
    return build_table(
        "ratings-table",
        label=say("admin.ratings", language),
        headers=[say(f"admin.column_{name}", language) for name in _COLUMNS],
        widths=_COLUMNS.values(),
    )


def _build_export(name: str, language: Language) -> gr.Button:
    return gr.Button(
        say(f"admin.export_{name}", language),
        link=export_link(name, FilterForm()),
        size="sm",
        elem_id=f"export-{name}",
    )
