"""No handler runs for who may not, and every error is a sentence in the page's language."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr
import pytest

from accounts.asker import Asker
from accounts.permissions import Action
from accounts.user import Role
from detection.errors import TooManyRequests
from tests.ui.conftest import Toasts, request_of
from ui.guard import Guard, Handler, Updates


def updates_of(handler: Handler, request: gr.Request, *values: Any) -> list[Updates]:
    async def collect() -> list[Updates]:
        return [updates async for updates in handler(request, *values)]

    return asyncio.run(collect())


async def echo(asker: Asker, *values: Any) -> AsyncIterator[Updates]:
    yield {"asker": asker, "values": values}


async def fail(_asker: Asker) -> AsyncIterator[Updates]:
    yield {"status": "at it"}
    raise TooManyRequests(retry_after_s=7)


async def break_down(_asker: Asker) -> AsyncIterator[Updates]:
    yield {}
    raise RuntimeError("secret=hunter2")


def test_the_handler_gets_who_asks_in_the_pages_language_and_the_values() -> None:
    (updates,) = updates_of(Guard(Action.DETECT, "zh")(echo), request_of(language="en"), 1, "two")
    assert updates["asker"].user.role is Role.GUEST
    assert updates["asker"].language == "zh"
    assert updates["values"] == (1, "two")


@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.GUEST, ["Your account may not do this (export)."]), (Role.ADMIN, [])],
    ids=["guest", "admin"],
)
def test_only_a_role_that_may_reaches_the_handler(
    role: Role, expected: list[str], toasts: Toasts
) -> None:
    (updates,) = updates_of(Guard(Action.EXPORT, "en")(echo), request_of(role=role))
    assert toasts() == expected
    assert ("asker" in updates) is not bool(expected)


def test_an_error_is_a_sentence_in_the_pages_language(toasts: Toasts) -> None:
    handler = Guard(Action.DETECT, "zh")(fail, otherwise={"status": ""})
    assert updates_of(handler, request_of()) == [{"status": "at it"}, {"status": ""}]
    assert toasts() == ["请求过于频繁，请在 7 秒后再试。"]


def test_a_breakdown_tells_the_asker_nothing_and_the_log_everything(
    toasts: Toasts, caplog: pytest.LogCaptureFixture
) -> None:
    updates_of(Guard(Action.DETECT, "en")(break_down), request_of())
    assert "hunter2" not in toasts()[0]
    assert "hunter2" in caplog.text


def test_without_a_gate_in_front_nothing_runs(toasts: Toasts) -> None:
    (updates,) = updates_of(Guard(Action.DETECT, "en")(echo), gr.Request(request=None))
    assert "asker" not in updates
    assert toasts()
