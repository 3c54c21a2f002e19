"""One address that leads to two pages."""

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from texts import Language
from ui.language_choice import choose_page


def client(language: Language, *, base_url: str = "http://127.0.0.1") -> TestClient:
    inner = FastAPI()
    for path in ("/demo", "/demo/"):
        inner.add_api_route(path, choose_page)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "state": {"language": language}}, receive, send)

    return TestClient(app, base_url=base_url, follow_redirects=False)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("path", "here"), [("/demo/", ""), ("/demo", "demo/")])
def test_it_leads_to_the_askers_language(language: Language, path: str, here: str) -> None:
    answer = client(language).get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}{language}/")
    assert "set-cookie" not in answer.headers


def test_a_choice_is_remembered() -> None:
    answer = client("en").get("/demo/?lang=zh")
    assert answer.headers["location"] == "zh/"
    assert "glip_language=zh" in answer.headers["set-cookie"]
    assert "Secure" not in answer.headers["set-cookie"]


def test_the_cookie_stays_on_https() -> None:
    answer = client("en", base_url="https://demo.test").get("/demo/?lang=zh")
    assert "Secure" in answer.headers["set-cookie"]


def test_a_language_we_do_not_speak_changes_nothing() -> None:
    answer = client("en").get("/demo/?lang=fr%0d%0aX:1")
    assert answer.headers["location"] == "en/"
    assert "set-cookie" not in answer.headers
