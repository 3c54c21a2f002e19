import pytest

from tests.gate.house import House

OWN = "http://127.0.0.1"
SENDERS = [
    ({}, 200),
    ({"Origin": OWN, "Sec-Fetch-Site": "same-origin"}, 200),
    ({"Sec-Fetch-Site": "none"}, 200),
    ({"Origin": OWN}, 200),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "http://sub.127.0.0.1"}, 403),
    ({"Origin": "http://127.0.0.1:81"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://[127.0.0.1"}, 403),
    ({"Origin": ""}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Origin": OWN, "Sec-Fetch-Site": "cross-site"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), SENDERS, ids=str)
def test_unsafe_requests_come_from_our_page_or_a_program(
    house: House, headers: dict[str, str], status: int
) -> None:
    answer = house.browser().post("/api/detect", json={}, headers=headers)
    assert answer.status_code == status
    assert len(house.inner.requests) == (status == 200)


@pytest.mark.parametrize(
    ("body_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("multipart/form-data; boundary=x", 200),
        ("multipart/form-data; boundary=x; charset=UTF-8", 200),
        ('multipart/form-data; charset="utf8"; boundary=x', 200),
        ("multipart/form-data; boundary=x; charset=punycode", 415),
        ('multipart/form-data; boundary=x; charset="utf-7"', 415),
        ("multipart/form-data; CHARSET=unicode_escape; boundary=x", 415),
        ("multipart/form-data; boundary=x; charset=", 415),
        ("application/json; charset=utf-16", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
def test_bodies_are_json_or_multipart_in_utf_8(house: House, body_type: str, status: int) -> None:
    answer = house.browser().post("/api/detect", content=b"{}", headers={"Content-Type": body_type})
    assert answer.status_code == status


def test_a_request_without_a_body_needs_no_type(house: House) -> None:
    assert house.browser().post("/api/detect").status_code == 200


def test_gradio_never_sees_an_origin_it_could_reflect(house: House) -> None:
    answer = house.browser().get("/demo/en/config", headers={"Origin": "http://evil.example"})
    assert "origin" not in house.inner.requests[0]["headers"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]
