from dataclasses import replace

from gate.gate import GateRules
from tests.gate.house import House

SESSION = "glip_session"


def test_a_browser_gets_a_cookie_once_and_keeps_its_session(house: House) -> None:
    browser = house.browser()
    first, second = browser.get("/"), browser.get("/api/models")
    ids = [request["session_id"] for request in house.inner.requests]
    assert SESSION in first.cookies
    assert "set-cookie" not in second.headers
    assert ids[0] == ids[1]
    assert [request["has_cookie"] for request in house.inner.requests] == [False, True]


def test_the_cookie_is_for_our_own_pages_and_no_script(house: House) -> None:
    attributes = house.browser().get("/").headers["set-cookie"].split("; ")[1:]
    assert set(attributes) == {"Path=/", "HttpOnly", "SameSite=Strict"}


def test_over_https_the_cookie_is_bound_to_this_very_host(house: House) -> None:
    house.rules = GateRules(trusted_proxies=["10.0.0.1"])
    browser = house.browser(address="10.0.0.1")
    cookie = browser.get("/", headers={"X-Forwarded-Proto": "https"}).headers["set-cookie"]
    assert cookie.startswith("__Host-glip_session=")
    assert cookie.endswith("; Secure")


def test_a_program_without_a_jar_is_a_new_session_each_time(house: House) -> None:
    gate = house.gate()
    for _ in range(2):
        house.browser(gate=gate).get("/")
    first, second = (request["session_id"] for request in house.inner.requests)
    assert first != second


def test_the_cookie_of_another_user_is_none(house: House) -> None:
    gate = house.gate()
    ann, bob = house.browser("ann", gate=gate), house.browser("bob", gate=gate)
    bob.cookies.set(SESSION, ann.get("/").cookies[SESSION])
    answer = bob.get("/")
    ids = [request["session_id"] for request in house.inner.requests]
    assert ids[0] != ids[1]
    assert SESSION in answer.cookies


def test_made_up_cookies_share_the_bucket_of_those_without(house: House) -> None:
    house.limit_rules = replace(house.limit_rules, request="10/minute")
    gate = house.gate()
    statuses = []
    for number in range(20):
        browser = house.browser(gate=gate)
        browser.cookies.set(SESSION, f"{number:064x}.{number:064x}")
        statuses.append(browser.get("/").status_code)
    assert statuses.count(200) == 10


def test_whoever_is_refused_gets_no_cookie(house: House) -> None:
    assert "set-cookie" not in house.browser(None).get("/").headers
