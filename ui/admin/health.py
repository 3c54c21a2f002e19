"""The fourth tab: what answers, what waits, what is running. Prometheus has the rest."""

import platform
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import anyio.to_thread
import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action
from monitoring.metrics import Metrics
from texts import Language, say
from ui.admin.services import AdminServices
from ui.admin.table import build_table
from ui.guard import QUIET, Guard, Updates

SECTIONS = ("models", "ratings", "cache", "versions")
_PACKAGES = ("torch", "gradio", "fastapi", "elasticsearch")
Fact = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class HealthPanel:
    """One table a section."""

    language: Language
    refresh: gr.Button
    tables: Mapping[str, gr.Dataframe]


@dataclass(frozen=True)
class Health:
    """The tab and what it looks at."""

    panel: HealthPanel
    services: AdminServices

    async def show(self, _asker: Asker) -> AsyncIterator[Updates]:
        facts = await anyio.to_thread.run_sync(health_of, self.services, self.panel.language)
        yield {self.panel.tables[section]: rows for section, rows in facts.items()}


def build_health(language: Language) -> HealthPanel:
    """Lay out the tab."""
    with gr.Row(elem_id="health-columns"):
        tables = {section: _build_section(section, language) for section in SECTIONS}
    refresh = gr.Button(say("admin.refresh", language), size="sm", elem_id="refresh")
    return HealthPanel(language=language, refresh=refresh, tables=tables)


def connect_health(tab: gr.Tab, health: Health) -> None:
    """Look when the tab is opened, and when somebody asks again."""
    gr.on(
        [tab.select, health.panel.refresh.click],
        Guard(Action.EXPORT, health.panel.language, unexpected="admin.unexpected")(health.show),
        outputs=list(health.panel.tables.values()),
        **QUIET,
    )


def health_of(services: AdminServices, language: Language) -> dict[str, list[Fact]]:
    """Return names and values by section; a name is a sentence's, or a model's or package's own."""

    def say_fact(name: str) -> str:
        return say(f"admin.health_{name}", language)

    models = [(model.model_id, model.revision) for model in services.service.models()]
    return {
        "models": models or [(say_fact("no_model"), "–")],
        "ratings": [
            (say_fact(name), value) for name, value in _waiting(services.metrics, services)
        ],
        "cache": [(say_fact(name), value) for name, value in _look_ups(services.metrics)],
        "versions": list(_versions(services.version)),
    }


def _waiting(metrics: Metrics, services: AdminServices) -> Iterable[Fact]:
    yield "pending", f"{services.archive.pending():,}"
    yield "oldest", f"{_value(metrics, 'glip_feedback_backlog_age_seconds'):,.0f} s"
    yield "dead_letters", f"{_value(metrics, 'glip_feedback_dead_letters'):,.0f}"


def _look_ups(metrics: Metrics) -> Iterable[Fact]:
    found = {
        result: _value(metrics, "glip_cache_requests_total", cache="detections", result=result)
        for result in ("hit", "joined", "miss")
    }
    for result, count in found.items():
        yield result, f"{count:,.0f}"
    total = sum(found.values())
    yield "spared", f"{100 * (total - found['miss']) / total:.0f} %" if total else "–"


def _value(metrics: Metrics, name: str, **labels: str) -> float:
    """What Prometheus would read now; a series nobody has touched stands at 0."""
    return metrics.registry.get_sample_value(name, labels) or 0.0


def _versions(own: str) -> Iterable[Fact]:
    yield "glip-demo", own
    yield "Python", platform.python_version()
    yield "SQLite", sqlite3.sqlite_version
    for package in _PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "–"


def _build_section(section: str, language: Language) -> gr.Dataframe:
    with gr.Column(elem_classes="card", min_width=300):
        gr.Markdown(f"## {say(f'admin.health_{section}', language)}")
        return build_table(
            f"health-{section}",
            label=say(f"admin.health_{section}", language),
            headers=[say("admin.column_fact", language), say("admin.column_value", language)],
            widths=["55%", "45%"],
        )
