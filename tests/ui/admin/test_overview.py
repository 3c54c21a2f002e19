from dataclasses import replace
from datetime import timedelta
from typing import Any

import gradio as gr
import pytest

from feedback.sqlite import SqliteFeedbackStore
from tests.fakes import FakeClock
from tests.feedback.archive_contract import rating_of
from tests.ui.admin.conftest import SilentArchive, ask, value_of
from texts import say
from ui.admin.blocks import build_admin
from ui.admin.overview import CHARTS, SHADES, Overview, OverviewPanel, build_overview
from ui.admin.services import AdminServices


@pytest.fixture
def panel() -> OverviewPanel:
    with gr.Blocks():
        return build_overview("en")


def test_figures_come_first_then_the_charts(
    panel: OverviewPanel, admin: AdminServices, store: SqliteFeedbackStore, clock: FakeClock
) -> None:
    store.record(rating_of(1, at=clock.now(), rating=5, comment="so <b>good</b>"))
    store.record(rating_of(2, at=clock.now() - timedelta(days=8), rating=1))
    counted, drawn = ask(Overview(panel, admin).show, "7")
    assert "100 %" in counted[panel.figures]
    assert "so &lt;b&gt;good&lt;/b&gt;" in value_of(counted[panel.comments])
    assert set(drawn) == set(panel.charts.values())
    assert len({value_of(update) for update in drawn.values()}) == len(CHARTS) * len(SHADES)
    assert "5 ★: 1" in drawn[panel.charts["stars", "dark"]]["alt_text"]


def test_nothing_in_a_period_is_said(panel: OverviewPanel, admin: AdminServices) -> None:
    (counted,) = ask(Overview(panel, admin).show, "30")
    assert counted[panel.empty]["visible"]
    assert not counted[panel.row]["visible"]
    assert not counted[panel.comments]["visible"]


def test_an_archive_that_does_not_answer_is_said_in_its_place(
    panel: OverviewPanel, admin: AdminServices
) -> None:
    archive: Any = SilentArchive()
    (silent,) = ask(Overview(panel, replace(admin, archive=archive)).show, "30")
    assert value_of(silent[panel.empty]) == say("errors.archive_unavailable", "en")
    assert not silent[panel.row]["visible"]
    (counted,) = ask(Overview(panel, admin).show, "30")
    assert value_of(counted[panel.empty]) == say("admin.nothing_yet", "en")


def test_only_ratings_with_a_comment_stand_among_the_comments(
    panel: OverviewPanel, admin: AdminServices, store: SqliteFeedbackStore, clock: FakeClock
) -> None:
    for number in range(9):
        comment = f"comment {number}" if number % 2 else " "
        store.record(rating_of(number, at=clock.now() - timedelta(hours=number), comment=comment))
    counted, _ = ask(Overview(panel, admin).show, "all")
    shown = value_of(counted[panel.comments])
    assert [number for number in range(9) if f"comment {number}" in shown] == [1, 3, 5, 7]


def test_the_page_is_built_without_drawing(admin: AdminServices) -> None:
    config = build_admin("en", admin).get_config_file()
    charts = [part for part in config["components"] if part["type"] == "image"]
    assert all(part["props"].get("value") is None for part in charts)
