from dataclasses import replace

import pytest

from gate.gate import GateRules
from tests.gate.house import House

SPOOFS = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
    "X-Gradio-Server": "http://evil.example",
}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:7860", 200),
        ("LOCALHOST", 200),
        ("[::1]:7860", 200),
        ("demo.example", 200),
        ("evil.example", 421),
        ("demo.example.evil.example", 421),
        ("demo.example@evil.example", 421),
        ("demo.example, evil.example", 421),
        ("127.0.0.1:port", 421),
        ("", 421),
    ],
)
def test_only_listed_names_are_answered_to(house: House, host: str, status: int) -> None:
    house.rules = GateRules(allowed_hosts={"demo.example"})
    assert house.browser().get("/", headers={"Host": host}).status_code == status


def test_a_second_host_header_is_refused(house: House) -> None:
    headers = [("Host", "127.0.0.1"), ("Host", "evil.example")]
    assert house.browser().get("/", headers=headers).status_code == 421


def test_probes_know_the_server_by_other_names(house: House) -> None:
    assert house.browser(None).get("/healthz", headers={"Host": "10.1.2.3"}).status_code == 200


def test_a_stranger_is_believed_nothing(house: House) -> None:
    house.browser(address="192.0.2.1").get("/", headers=SPOOFS)
    (request,) = house.inner.requests
    assert request["address"] == "192.0.2.1"
    assert request["scheme"] == "http"
    assert request["headers"]["host"] == "127.0.0.1"
    assert not {name.lower() for name in SPOOFS} & set(request["headers"])


@pytest.mark.parametrize(
    ("forwarded_for", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.7", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
    ids=[
        "one hop",
        "what the client made up comes first",
        "two proxies",
        "only proxies",
        "nothing",
    ],
)
def test_a_trusted_proxy_tells_the_address(house: House, forwarded_for: str, address: str) -> None:
    house.rules = GateRules(trusted_proxies=["10.0.0.0/8"])
    house.browser(address="10.0.0.1").get("/", headers={"X-Forwarded-For": forwarded_for})
    assert house.inner.requests[0]["address"] == address


def test_a_peer_without_an_address_is_no_proxy(house: House) -> None:
    house.rules = GateRules(trusted_proxies=["10.0.0.0/8"])
    house.browser(address="a socket").get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert house.inner.requests[0]["address"] == "a socket"


def test_a_trusted_proxy_tells_host_and_scheme_but_not_any_host(house: House) -> None:
    house.rules = GateRules(trusted_proxies=["10.0.0.1"], allowed_hosts=["demo.example"])
    browser = house.browser(address="10.0.0.1")
    told = {"X-Forwarded-Host": "demo.example", "X-Forwarded-Proto": "https"}
    assert browser.get("/", headers=told).status_code == 200
    assert house.inner.requests[0]["scheme"] == "https"
    assert house.inner.requests[0]["headers"]["host"] == "demo.example"
    assert "x-forwarded-host" not in house.inner.requests[0]["headers"]
    assert browser.get("/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 421


def test_a_proxy_that_is_no_address_stops_the_start(house: House) -> None:
    house.rules = replace(house.rules, trusted_proxies=["my-proxy"])
    with pytest.raises(ValueError, match="my-proxy"):
        house.gate()


def test_made_up_headers_do_not_widen_the_limit(house: House) -> None:
    house.limit_rules = replace(house.limit_rules, flood_address="30/minute")
    browser = house.browser()
    statuses = [
        browser.get("/", headers={name: f"203.0.113.{number}" for name in SPOOFS if name[0] == "X"})
        for number in range(60)
    ]
    assert [answer.status_code for answer in statuses].count(200) == 30
