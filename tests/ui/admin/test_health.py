import platform

import gradio as gr

from tests.ui.admin.conftest import ask
from ui.admin.health import SECTIONS, Health, build_health, health_of
from ui.admin.services import AdminServices


def test_it_tells_what_answers_and_what_runs(admin: AdminServices) -> None:
    facts = health_of(admin, "en")
    assert facts["models"] == [("fake", "1")]
    assert ("Not in the archive yet", "0") in facts["ratings"]
    assert ("glip-demo", "0.1.0") in facts["versions"]
    assert ("Python", platform.python_version()) in facts["versions"]


def test_figures_are_prometheus_own(admin: AdminServices) -> None:
    for result, count in (("hit", 3), ("miss", 1)):
        admin.metrics.cache_requests.labels(cache="detections", result=result).inc(count)
    admin.metrics.feedback_backlog_age.set(61.4)
    admin.metrics.feedback_dead_letters.set(2)
    facts = health_of(admin, "zh")
    assert [value for _, value in facts["cache"]] == ["3", "0", "1", "75 %"]
    assert [value for _, value in facts["ratings"]] == ["0", "61 s", "2"]


def test_every_section_has_its_table(admin: AdminServices) -> None:
    with gr.Blocks():
        panel = build_health("en")
    (update,) = ask(Health(panel, admin).show)
    assert set(update) == set(panel.tables.values())
    assert tuple(panel.tables) == SECTIONS
