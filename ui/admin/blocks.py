"""The admin page in one language, as a table of contents: four tabs."""

import gradio as gr

from accounts.permissions import Action
from texts import LANGUAGES, Language, say
from ui.admin.health import Health, build_health, connect_health
from ui.admin.overview import Overview, build_overview
from ui.admin.ratings import Ratings, build_ratings, connect_ratings
from ui.admin.services import AdminServices
from ui.admin.users import Users, connect_users
from ui.admin.users_panel import build_users
from ui.guard import QUIET, Guard

# Charts and pictures of what people sent: no longer than a visit.
_PURGE_EVERY_S, _KEPT_S = 600, 3600


def build_admin(language: Language, services: AdminServices) -> gr.Blocks:
    """Build the whole page. It holds nobody's words: those come when an admin asks."""
    page = gr.Blocks(
        title=say("admin.title", language),
        analytics_enabled=False,
        delete_cache=(_PURGE_EVERY_S, _KEPT_S),
    )
    with page:
        _build_header(language)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(say("admin.overview", language), id="overview") as overview_tab:
                overview = Overview(build_overview(language), services)
            with gr.Tab(say("admin.ratings", language), id="ratings") as ratings_tab:
                ratings = Ratings(build_ratings(language, services.export_formats), services)
            with gr.Tab(say("admin.users", language), id="users") as users_tab:
                users = Users(build_users(language), services.users)
            with gr.Tab(say("admin.health", language), id="health") as health_tab:
                health = Health(build_health(language), services)
        _connect_overview(overview_tab, overview)
        connect_ratings(ratings_tab, ratings)
        connect_users(users_tab, users)
        connect_health(health_tab, health)
    return page


def _build_header(language: Language) -> None:
    other = next(one for one in LANGUAGES if one != language)
    with gr.Row(elem_id="header"):
        gr.Markdown(
            f"# {say('admin.headline', language)}\n\n{say('admin.lead', language)}", elem_id="claim"
        )
        gr.Markdown(
            f"[{say('admin.to_demo', language)}](/demo/)"
            f"[{say('page.language_name', other)}](/admin/?lang={other})",
            elem_id="language",
        )


def _connect_overview(tab: gr.Tab, overview: Overview) -> None:
    panel = overview.panel
    gr.on(
        [tab.select, panel.period.input],  # a page that opens selects its first tab
        Guard(Action.EXPORT, panel.language, unexpected="admin.unexpected")(overview.show),
        inputs=[panel.period],
        outputs=panel.parts(),
        trigger_mode="always_last",
        **QUIET,
    )
