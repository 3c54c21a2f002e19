import json

import pytest

from gate.problems import problem_response
from texts import Language, catalogue


def problem(language: Language, *, wants_html: bool, name: str = "x") -> str:
    answer = problem_response(
        404,
        "errors.user_unknown",
        language,
        facts={"name": name},
        headers={"X-Extra": "1"},
        wants_html=wants_html,
        request_id="00ff",
    )
    assert answer.status_code == 404
    assert answer.headers["x-extra"] == "1"
    return bytes(answer.body).decode()


def test_a_program_gets_a_problem() -> None:
    assert json.loads(problem("zh", wants_html=False)) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "没有名为“x”的用户。",
        "code": "user_unknown",
        "request_id": "00ff",
    }


@pytest.mark.parametrize(
    ("language", "html_lang", "first", "second"),
    [("en", "en", "Nothing here", "页面不存在"), ("zh", "zh-CN", "页面不存在", "Nothing here")],
)
def test_a_person_gets_a_page_in_both_languages_theirs_first(
    language: Language, html_lang: str, first: str, second: str
) -> None:
    page = problem(language, wants_html=True)
    assert page.startswith(f'<!doctype html>\n<html lang="{html_lang}">')
    assert 0 < page.index(f"<h1>{first}") < page.index(f"<h1>{second}")
    assert "00ff" in page


def test_what_a_stranger_wrote_stays_text() -> None:
    page = problem("en", wants_html=True, name="<script>alert(1)</script>")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_asks_for_nothing_and_allows_only_its_own_style() -> None:
    answer = problem_response(
        500, "gate.internal", "en", facts={}, headers={}, wants_html=True, request_id=""
    )
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert b"src=" not in answer.body
    assert b"url(" not in answer.body


@pytest.mark.parametrize("key", [key for key in catalogue() if key.startswith("gate.")])
def test_every_sentence_of_the_door_is_there_in_both_languages(key: str) -> None:
    assert set(catalogue()[key]) == {"en", "zh"}
    assert all(catalogue()[key].values())
