"""Which ratings are wanted: a search line, and more behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from feedback.archive import FeedbackSummary
from feedback.filters import FilterForm
from texts import Language, say
from ui.guard import Updates


@dataclass(frozen=True, kw_only=True)
class FilterPanel:
    """The components of the filter. A field is named as in a query string."""

    language: Language
    text: gr.Textbox
    search: gr.Button
    since: gr.DateTime
    until: gr.DateTime
    rating: gr.CheckboxGroup
    model: gr.Dropdown
    variant: gr.Dropdown
    user: gr.Textbox
    session: gr.Textbox
    clear: gr.Button

    def fields(self) -> list[gr.components.Component]:
        """The inputs `form_of` takes, in its order."""
        return [
            *(self.since, self.until, self.model, self.variant),
            *(self.user, self.session, self.rating, self.text),
        ]

    def cleared(self) -> Updates:
        """Everything is wanted again."""
        return {field: [] if field is self.rating else "" for field in self.fields()}

    def offering(self, summary: FeedbackSummary) -> Updates:
        """Models and variants there are ratings of."""
        models = sorted({row.model_id for row in summary.per_variant})
        variants = sorted({row.variant for row in summary.per_variant})
        return {
            self.model: gr.update(choices=self._choices(models)),
            self.variant: gr.update(choices=self._choices(variants)),
        }

    def _choices(self, names: Sequence[str]) -> list[tuple[str, str]]:
        return [(say("admin.any", self.language), ""), *((name, name) for name in names)]


def build_filter(language: Language) -> FilterPanel:
    """Lay out the filter inside the current column."""
    with gr.Row(elem_id="search-line"):
        text = gr.Textbox(
            **_named("text", language),
            placeholder=say("admin.filter_text_placeholder", language),
            show_label=False,
            container=False,
            scale=8,
        )
        search = gr.Button(
            say("admin.search", language),
            variant="primary",
            scale=1,
            min_width=110,
            elem_id="search",
        )
    with gr.Accordion(say("admin.more_filters", language), open=False, elem_id="more-filters"):
        more = _build_more(language)
        clear = gr.Button(say("admin.clear", language), size="sm", elem_id="clear")
    return FilterPanel(language=language, text=text, search=search, clear=clear, **more)


def _build_more(language: Language) -> dict[str, Any]:
    """The other fields, by their names."""
    with gr.Row():
        moments = {
            name: gr.DateTime(**_named(name, language), include_time=False, type="string")
            for name in ("since", "until")
        }
        models = {
            name: gr.Dropdown(**_named(name, language), **_names(language))
            for name in ("model", "variant")
        }
    with gr.Row():
        rating = gr.CheckboxGroup(
            choices=[(f"{points} ★", str(points)) for points in range(1, 6)],
            **_named("rating", language),
            elem_classes="pills",
            min_width=300,
        )
        askers = {name: gr.Textbox(**_named(name, language)) for name in ("user", "session")}
    return {**moments, **models, "rating": rating, **askers}


def form_of(*values: Any) -> FilterForm:
    """Return the values of `FilterPanel.fields` as a form: none of them is trusted."""
    since, until, model, variant, user, session, rating, text = values
    return FilterForm(
        since=str(since or ""),
        until=str(until or ""),
        model=str(model or ""),
        variant=str(variant or ""),
        user=str(user or ""),
        session=str(session or ""),
        rating=tuple(map(str, rating or ())),
        text=str(text or ""),
    )


def _named(field: str, language: Language) -> dict[str, Any]:
    return {"label": say(f"admin.filter_{field}", language), "elem_id": f"filter-{field}"}


def _names(language: Language) -> dict[str, Any]:
    """Any name may be typed: what is offered is only what is known when the tab is opened."""
    return {
        "choices": [(say("admin.any", language), "")],
        "value": "",
        "allow_custom_value": True,
        "buttons": [],
    }
