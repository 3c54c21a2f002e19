import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from tests.gate.house import FILE, House

API = "/demo/en/gradio_api"
TAB = "p7evte6c38m"


@pytest.fixture
def ann(house: House) -> TestClient:
    """A browser that has joined from a tab."""
    browser = house.browser("ann", gate=house.gate())
    browser.get("/")
    assert join(browser) == 200
    return browser


def join(browser: TestClient, **event: object) -> int:
    body = {"data": [], "fn_index": 0, "session_hash": TAB, **event}
    return browser.post(f"{API}/queue/join", json=body).status_code


def speak_for_tab(browser: TestClient) -> dict[str, int]:
    """Try every route that speaks for a tab."""
    cancel = {"session_hash": TAB, "fn_index": 0, "event_id": "x"}
    return {
        "join": join(browser),
        "data": browser.get(f"{API}/queue/data", params={"session_hash": TAB}).status_code,
        "cancel": browser.post(f"{API}/cancel", json=cancel).status_code,
        "heartbeat": browser.get(f"{API}/heartbeat/{TAB}").status_code,
    }


def test_a_tab_speaks_for_itself(ann: TestClient) -> None:
    assert set(speak_for_tab(ann).values()) == {200}


@pytest.mark.parametrize("other", ["bob", "ann", "root"])
def test_nobody_else_speaks_for_it_not_even_the_same_account_elsewhere(
    house: House, ann: TestClient, other: str
) -> None:
    stranger = house.browser(other, gate=ann.app)  # type: ignore[arg-type] # the same gate
    stranger.get("/")
    reached = len(house.inner.requests)
    assert set(speak_for_tab(stranger).values()) == {403}
    assert len(house.inner.requests) == reached


def test_a_tab_nobody_has_opened_can_be_neither_read_nor_cancelled(house: House) -> None:
    browser = house.browser()
    browser.get("/")
    params = {"session_hash": "unknown"}
    assert browser.get(f"{API}/queue/data", params=params).status_code == 403
    assert browser.post(f"{API}/cancel", json=params).status_code == 403


def test_a_heartbeat_opens_a_tab(house: House) -> None:
    browser = house.browser()
    browser.get("/")
    browser.get(f"{API}/heartbeat/{TAB}")
    assert browser.get(f"{API}/queue/data", params={"session_hash": TAB}).status_code == 200


def test_an_uploads_progress_is_its_senders(house: House) -> None:
    gate = house.gate()
    ann, bob = house.browser("ann", gate=gate), house.browser("bob", gate=gate)
    for browser in (ann, bob):
        browser.get("/")
    house.inner.respond = lambda _: JSONResponse([])
    ann.get(f"{API}/upload_progress?upload_id=3fyzi36x1m6")
    assert ann.post(f"{API}/upload?upload_id=3fyzi36x1m6", files=FILE).status_code == 200
    assert bob.get(f"{API}/upload_progress?upload_id=3fyzi36x1m6").status_code == 403


@pytest.mark.parametrize("tab", [None, "", 7, ["a"], "a" * 65, "../x", "a b"])
def test_a_tab_without_a_proper_name_is_refused(house: House, tab: object) -> None:
    assert join(house.browser(), session_hash=tab) == 400


def test_the_body_arrives_although_it_was_read(house: House, ann: TestClient) -> None:
    assert b'"fn_index": 0' in house.inner.requests[-1]["body"]


def test_an_event_is_small(house: House) -> None:
    assert join(house.browser(), data=["x" * 2**20]) == 413
