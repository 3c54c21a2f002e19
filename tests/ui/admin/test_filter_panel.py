import gradio as gr
import pytest

from feedback.archive import FeedbackSummary, VariantCount
from feedback.filters import FilterForm
from ui.admin.filter_panel import FilterPanel, build_filter, form_of


@pytest.fixture
def panel() -> FilterPanel:
    with gr.Blocks():
        return build_filter("zh")


def test_the_fields_fill_a_form_in_their_order(panel: FilterPanel) -> None:
    names = [str(field.elem_id).removeprefix("filter-") for field in panel.fields()]
    form = form_of(*([*names[:6], ["4", "5"], "text"]))
    assert form == FilterForm(
        **{name: name for name in names if name not in {"rating", "text"}},
        rating=("4", "5"),
        text="text",
    )


def test_what_was_never_touched_wants_everything() -> None:
    assert form_of(*[None] * 8) == FilterForm()


def test_clearing_touches_every_field(panel: FilterPanel) -> None:
    assert form_of(*panel.cleared().values()) == FilterForm()
    assert set(panel.cleared()) == set(panel.fields())


def test_names_there_are_ratings_of_are_offered(panel: FilterPanel) -> None:
    rows = [
        VariantCount(model_id=model, variant=variant, count=1, mean=None)
        for model, variant in (("b", "x"), ("a", "x"), ("b", "y"))
    ]
    offered = panel.offering(FeedbackSummary(total=3, per_variant=tuple(rows)))
    assert offered[panel.model]["choices"] == [("不限", ""), ("a", "a"), ("b", "b")]
    assert offered[panel.variant]["choices"] == [("不限", ""), ("x", "x"), ("y", "y")]
