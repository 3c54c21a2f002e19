import json

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse

from detection.errors import Overloaded, TooManyRequests
from tests.gate.house import House

NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html,*/*"}
FETCH = {"Sec-Fetch-Mode": "cors", "Accept": "*/*"}


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (NAVIGATION, "text/html; charset=utf-8"),
        ({"Accept": "text/html"}, "text/html; charset=utf-8"),
        (FETCH, "application/problem+json"),
        ({"Accept": "text/html", "Sec-Fetch-Mode": "cors"}, "application/problem+json"),
        ({}, "application/problem+json"),
    ],
    ids=["a browser", "an old browser", "a script", "a script that takes anything", "curl"],
)
def test_people_get_pages_and_programs_problems(
    house: House, headers: dict[str, str], kind: str
) -> None:
    answer = house.browser().get("/nothing", headers=headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == kind


@pytest.mark.parametrize("status", [401, 403, 404, 405, 413, 422, 429, 500, 503])
def test_a_bare_error_from_inside_becomes_ours(house: House, status: int) -> None:
    house.inner.respond = lambda _: PlainTextResponse(
        "secret detail", status, {"Retry-After": "7", "X-Powered-By": "x"}
    )
    answer = house.browser().get("/api/models")
    assert answer.status_code == answer.json()["status"] == status
    assert "secret detail" not in answer.text
    assert answer.headers["retry-after"] == "7"
    assert "x-powered-by" not in answer.headers


def test_a_problem_from_inside_stays_as_it_is(house: House) -> None:
    body = {"detail": "the picture is broken"}
    house.inner.respond = lambda _: JSONResponse(body, 422, media_type="application/problem+json")
    assert house.browser().post("/api/detect").json() == body


def test_what_a_probe_is_told_stays_as_it_is(house: House) -> None:
    unready = {"status": "unready", "reasons": ["model loading"]}
    house.inner.respond = lambda _: JSONResponse(unready, 503)
    answer = house.browser(None).get("/readyz")
    assert (answer.status_code, answer.json()) == (503, unready)


def test_gradios_answers_to_its_own_script_stay_as_they_are(house: House) -> None:
    house.inner.respond = lambda _: JSONResponse({"detail": "Queue is full"}, 503)
    answer = house.browser().get("/demo/en/config", headers=FETCH)
    assert answer.json() == {"detail": "Queue is full"}


def test_a_page_that_fails_to_load_becomes_ours(house: House) -> None:
    house.inner.respond = lambda _: JSONResponse({"detail": "x"}, 500)
    answer = house.browser().get("/demo/en/", headers=NAVIGATION)
    assert answer.status_code == 500
    assert "<h1>Something broke</h1>" in answer.text


def test_the_page_shows_an_uploads_refusal_as_it_is(house: House) -> None:
    answer = house.browser().post(
        "/demo/zh/gradio_api/upload",
        headers={"Sec-Fetch-Site": "cross-site", "Accept-Language": "zh"},
    )
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "请求来自其他网站的页面，未予执行。"


def test_gradios_script_gets_a_sentence_it_can_show(house: House) -> None:
    answer = house.browser().post("/demo/en/gradio_api/queue/join", json=[], headers=FETCH)
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize(
    ("error", "status", "wait"),
    [
        (TooManyRequests(retry_after_s=0.2), 429, "1"),
        (TooManyRequests(retry_after_s=41.2), 429, "42"),
        (Overloaded(retry_after_s=1.0), 503, "1"),
    ],
)
def test_limits_say_when_to_come_back(
    house: House, error: Exception, status: int, wait: str
) -> None:
    async def limited(*_: object) -> None:
        raise error

    answer = house.browser(gate=house.gate(limited)).get("/")
    assert answer.status_code == status
    assert answer.headers["retry-after"] == wait
    assert f"{wait} s" in answer.json()["detail"]


def test_a_failure_of_ours_is_said_without_its_reason(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    answer = house.browser(gate=house.gate(broken)).get("/")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "hunter2" not in answer.text
    assert answer.json()["request_id"] in caplog.text
    assert house.metrics.registry.get_sample_value("glip_errors_total", {"code": "internal"}) == 1


def test_a_client_that_leaves_is_no_failure_of_ours(house: House) -> None:
    async def abandoned(*_: object) -> None:
        raise ClientDisconnect

    gate = house.gate(abandoned)
    with pytest.raises(AssertionError):  # the test client misses its answer
        house.browser(gate=gate).get("/")
    assert house.metrics.registry.get_sample_value("glip_errors_total", {"code": "internal"}) == 0


def test_refusals_are_counted_by_code(house: House) -> None:
    house.browser(None).get("/")
    house.browser().get("/nothing")
    counted = [
        house.metrics.registry.get_sample_value("glip_errors_total", {"code": code})
        for code in ("sign_in", "not_found", "internal")
    ]
    assert counted == [1, 1, 0]


def test_the_language_is_the_askers(house: House) -> None:
    answer = house.browser().get("/nothing", headers={"Accept-Language": "zh-CN,en;q=0.5"})
    assert json.loads(answer.text)["detail"] == "该地址没有任何内容。"
