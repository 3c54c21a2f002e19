from dataclasses import replace

import pytest

from tests.gate.house import FILE, House

LIMITED = [
    ("GET", "/"),
    ("GET", "/static/demo.css"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("POST", "/api/detect"),
    ("GET", "/api/models"),
    ("POST", "/api/feedback"),
    ("GET", "/demo/"),
    ("GET", "/demo/en/"),
    ("GET", "/demo/en/config"),
    ("GET", "/demo/en/assets/index.js"),
]
UPLOAD = "/demo/en/gradio_api/upload"


@pytest.mark.parametrize(("method", "path"), LIMITED)
def test_every_route_is_limited_by_session(house: House, method: str, path: str) -> None:
    house.limit_rules = replace(house.limit_rules, request="3/minute")
    browser = house.browser()
    browser.get("/")  # the cookie
    answers = [browser.request(method, path) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "60"


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/demo/en/gradio_api/info"])
def test_every_address_is_limited_whoever_asks_and_for_whatever(house: House, path: str) -> None:
    house.limit_rules = replace(house.limit_rules, flood_address="3/minute")
    gate = house.gate()
    statuses = [house.browser(None, gate=gate).get(path).status_code for _ in range(5)]
    assert statuses[3:] == [429, 429]
    assert house.browser(None, gate=gate, address="192.0.2.2").get(path).status_code != 429


def test_uploads_have_a_limit_of_their_own(house: House) -> None:
    house.limit_rules = replace(house.limit_rules, upload="2/minute")
    browser = house.browser()
    browser.get("/")
    assert [browser.post(UPLOAD, files=FILE).status_code for _ in range(3)] == [200, 200, 429]
    assert browser.get("/").status_code == 200


def test_many_cookies_of_one_account_get_no_more_than_their_address(house: House) -> None:
    house.limit_rules = replace(house.limit_rules, upload="2/minute", upload_address="5/minute")
    gate = house.gate()
    statuses = []
    for _ in range(10):
        browser = house.browser(gate=gate)
        browser.get("/")
        statuses.append(browser.post(UPLOAD, files=FILE).status_code)
    assert statuses.count(200) == 5


def test_time_heals(house: House) -> None:
    house.limit_rules = replace(house.limit_rules, request="1/minute")
    browser = house.browser()
    browser.get("/")
    assert [browser.get("/").status_code for _ in range(2)] == [200, 429]
    house.clock.advance(60)
    assert browser.get("/").status_code == 200


def test_a_page_load_fits_into_the_limits_many_times(house: House) -> None:
    browser = house.browser()
    assert {browser.get("/demo/en/assets/a.js").status_code for _ in range(3 * 80)} == {200}
