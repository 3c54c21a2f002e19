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
from texts import LANGUAGES, Language, catalogue, say
from ui.admin.blocks import build_admin
from ui.admin.services import AdminServices

# They need unsafe-eval in the content policy, or bring their own.
FORBIDDEN = {"html", "plot", "barplot", "lineplot", "scatterplot", "imageeditor"}


@pytest.fixture
def pages(admin: AdminServices) -> dict[Language, gr.Blocks]:
    return {language: build_admin(language, admin) for language in LANGUAGES}


@pytest.fixture
def configs(pages: dict[Language, gr.Blocks]) -> dict[Language, Any]:
    return {language: page.get_config_file() for language, page in pages.items()}


def test_both_pages_are_built_of_the_same_parts(configs: dict[Language, Any]) -> None:
    english, chinese = (
        [(part["type"], part["props"].get("elem_id")) for part in configs[language]["components"]]
        for language in LANGUAGES
    )
    assert english == chinese


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
def test_no_page_holds_a_sentence_of_the_other(
    configs: dict[Language, Any], language: Language, other: Language
) -> None:
    page = json.dumps(configs[language], ensure_ascii=False, default=str)
    foreign = [
        sentence[other]
        for key, sentence in catalogue().items()
        if key.startswith("admin.") and len(sentence[other]) > 3
    ]
    assert [sentence for sentence in foreign if f'"{sentence}"' in page] == []


def test_no_part_needs_what_the_content_policy_forbids(configs: dict[Language, Any]) -> None:
    for config in configs.values():
        assert not FORBIDDEN & {part["type"] for part in config["components"]}
        assert not any(event["js"] for event in config["dependencies"])


def test_no_table_reads_its_cells_as_markup(configs: dict[Language, Any]) -> None:
    tables = [part for part in configs["en"]["components"] if part["type"] == "dataframe"]
    assert len(tables) > 5
    assert {str(table["props"]["datatype"]) for table in tables} == {"str"}


def test_no_event_is_offered_to_programs(configs: dict[Language, Any]) -> None:
    for config in configs.values():
        assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}


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
