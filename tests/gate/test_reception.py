import logging
import re

import pytest
from starlette.datastructures import Headers

from gate.reception import language_of
from tests.gate.house import House
from texts import Language


def test_each_request_has_a_name_of_ours(house: House) -> None:
    browser = house.browser()
    names = [
        browser.get("/", headers={"X-Request-ID": "made up"}).headers["x-request-id"]
        for _ in range(2)
    ]
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)
    assert names[0] != names[1]


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "en"),
        ({"Accept-Language": "zh-CN"}, "zh"),
        ({"Accept-Language": "zh-CN", "Cookie": "glip_language=en"}, "en"),
        ({"Accept-Language": "en", "Cookie": "a=b; glip_language=zh"}, "zh"),
        ({"Accept-Language": "zh", "Cookie": "glip_language=<script>"}, "zh"),
    ],
)
def test_what_was_chosen_on_the_page_goes_before_the_browser(
    headers: dict[str, str], language: Language
) -> None:
    assert language_of(Headers(headers)) == language


def test_every_answer_is_counted_by_route_and_class(house: House) -> None:
    house.browser(None).get("/api/models")
    house.browser().get("/healthz")
    house.browser().get("/nothing/../at/all")
    counted = {
        tuple(sample.labels.values()): sample.value
        for metric in house.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "glip_requests_total"
    }
    assert counted == {
        ("GET", "/api/models", "4xx"): 1,
        ("GET", "/healthz", "2xx"): 1,
        ("GET", "other", "4xx"): 1,
    }


def test_what_changes_something_or_fails_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "glip.gate")
    browser = house.browser()
    browser.get("/")
    browser.post("/api/detect")
    browser.get("/nothing")
    lines = [(record.getMessage(), vars(record)["status"]) for record in caplog.records]
    assert lines == [("POST /api/detect", 200), ("GET /nothing", 404)]


def test_no_credential_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = house.browser()
    cookie = browser.get("/").cookies["glip_session"]
    browser.get("/nothing")
    logged = " ".join(str(vars(record)) for record in caplog.records if record.name == "glip.gate")
    assert "any password" not in logged
    assert cookie not in logged
