"""The admin page as Gradio ships it: two languages, nothing forbidden, no handler for guests."""

import asyncio
import inspect
import json
from typing import Any

import gradio as gr
import pytest

from accounts.user import Role
from feedback.sqlite import SqliteFeedbackStore
from tests.feedback.archive_contract import rating_of
from tests.ui.conftest import Toasts, request_of
from tests.ui.page_contract import PageContract
from texts import LANGUAGES, Language, say
from ui.admin.blocks import build_admin
from ui.admin.services import AdminServices


@pytest.fixture
def pages(admin: AdminServices) -> dict[Language, gr.Blocks]:
    return {language: build_admin(language, admin) for language in LANGUAGES}


class TestAdminPage(PageContract):
    texts = "admin."


def test_no_table_reads_its_cells_as_markup(pages: dict[Language, gr.Blocks]) -> None:
    parts = pages["en"].get_config_file()["components"]
    tables = [part for part in parts if part["type"] == "dataframe"]
    assert len(tables) > 5
    assert {str(table["props"]["datatype"]) for table in tables} == {"str"}


def test_the_page_itself_holds_nobodys_words(
    admin: AdminServices, store: SqliteFeedbackStore
) -> None:
    store.record(rating_of(1, comment="canary-5f1c", prompt="a canary-5f1c", user="canary"))
    config = build_admin("en", admin).get_config_file()
    assert "canary" not in json.dumps(config, default=str)


def test_no_handler_does_anything_for_a_guest(
    pages: dict[Language, gr.Blocks], admin: AdminServices, toasts: Toasts
) -> None:
    before = admin.users.generation
    for page in pages.values():
        assert len(page.fns) >= 12
        for event in page.fns.values():
            assert outcome_of(event) == [gr.skip()], event
    assert admin.users.generation == before
    refusals = {
        say("errors.not_allowed", language, action=action)
        for language in LANGUAGES
        for action in ("export", "manage_users")
    }
    assert set(toasts()) == refusals


def outcome_of(event: Any) -> list[Any]:
    """What a handler yields to a guest who sends nonsense."""
    values: list[Any] = ["x"] * len(event.inputs)
    if "event" in inspect.signature(event.fn).parameters:
        values.insert(0, gr.SelectData(None, {"index": [0, 0], "value": "x"}))

    async def collect() -> list[Any]:
        return [one async for one in event.fn(request_of(role=Role.GUEST), *values)]

    return asyncio.run(collect())
