"""What people may say of a result, and how all of it is taken back: over HTTP, nothing patched."""

import math
from pathlib import Path
from typing import Any

import httpx
import pytest

from detection.image import SourceImage
from tests.conftest import House, SignIn
from tests.fakes import FakeDetector, image_bytes

LOW = 0.05  # shows both boxes
PICTURE = image_bytes(colour=(12, 34, 56))


def ask(client: httpx.Client, image: bytes = PICTURE) -> Any:
    form = {"text": "a dog . the red cup", "threshold": str(LOW)}
    return client.post("/api/detect", files={"image": ("a.png", image)}, data=form).json()


def rate(client: httpx.Client, result_id: str, **opinion: Any) -> httpx.Response:
    return client.post("/api/feedback", json={"result_id": result_id, "threshold": LOW, **opinion})


def said(client: httpx.Client, session_id: str = "me", **query: str) -> Any:
    return client.get(f"/api/sessions/{session_id}/feedback", params=query).json()


def kept(house: House) -> list[str]:
    return sorted(path.stem for path in (house.settings.data_dir / "kept").iterdir())


@pytest.fixture
def guest(sign_in: SignIn) -> httpx.Client:
    return sign_in("guest")


def test_boxes_are_judged_and_missed_ones_drawn_without_stars(guest: httpx.Client) -> None:
    result_id = ask(guest)["result_id"]
    boxes = [
        {"index": 0, "verdict": "right", "phrase": ""},
        {"index": 1, "verdict": "wrong_label", "phrase": "杯子 <b>"},
    ]
    missed = [{"phrase": "a hat", "box": [1.5, 2.0, 30.0, 40.25]}]
    stored = rate(guest, result_id, boxes=boxes, missed=missed)
    assert stored.status_code == 201
    (kept_opinion,) = said(guest)
    assert kept_opinion == stored.json()
    assert (kept_opinion["rating"], kept_opinion["boxes"]) == (None, boxes)
    assert (kept_opinion["missed"], kept_opinion["image_kept"]) == (missed, False)


def test_an_opinion_replaces_all_of_the_one_before(guest: httpx.Client) -> None:
    result_id = ask(guest)["result_id"]
    rate(guest, result_id, rating=2, boxes=[{"index": 0, "verdict": "wrong"}])
    again = rate(guest, result_id, rating=5).json()
    assert (again["edit"], again["rating"], again["boxes"]) == (2, 5, [])
    assert rate(guest, result_id, rating=5).json() == again


@pytest.mark.parametrize(
    ("opinion", "code"),
    [
        ({}, "bad_rating"),
        ({"comment": "words alone"}, "bad_rating"),
        ({"boxes": [{"index": 2, "verdict": "right"}]}, "bad_verdict"),
        ({"boxes": [{"index": -1, "verdict": "right"}]}, "bad_verdict"),
        ({"boxes": 2 * [{"index": 0, "verdict": "right"}]}, "bad_verdict"),
        ({"boxes": [{"index": 0, "verdict": "wrong_label"}]}, "bad_phrase"),
        ({"boxes": [{"index": 0, "verdict": "right", "phrase": "a cat"}]}, "bad_phrase"),
        ({"missed": [{"phrase": "", "box": [0, 0, 9, 9]}]}, "bad_phrase"),
        ({"missed": [{"phrase": "a hat\u202e", "box": [0, 0, 9, 9]}]}, "bad_phrase"),
        ({"missed": [{"phrase": "a hat", "box": [0, 0, 65, 9]}]}, "bad_missed_box"),
        ({"missed": [{"phrase": "a hat", "box": [9, 0, 0, 9]}]}, "bad_missed_box"),
        ({"missed": 51 * [{"phrase": "a hat", "box": [0, 0, 9, 9]}]}, "bad_missed_box"),
        ({"boxes": [{"index": 0, "verdict": "maybe"}]}, "unreadable_request"),
        ({"boxes": [{"index": 0.5, "verdict": "right"}]}, "unreadable_request"),
        ({"boxes": [{"index": 0, "verdict": "right", "score": 1}]}, "unreadable_request"),
        ({"missed": [{"phrase": "a hat", "box": [0, 0, 9]}]}, "unreadable_request"),
        ({"rating": 5, "keep_image": "yes"}, "unreadable_request"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    guest: httpx.Client, opinion: dict[str, Any], code: str
) -> None:
    refused = rate(guest, ask(guest)["result_id"], **opinion)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert said(guest) == []


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_box_of_no_numbers_is_refused(guest: httpx.Client, number: float) -> None:
    result_id = ask(guest)["result_id"]
    body = (
        f'{{"result_id": "{result_id}", "missed": [{{"phrase": "x", "box": [0, 0, {number}, 9]}}]}}'
    )
    body = body.replace("nan", "NaN").replace("inf", "Infinity")
    headers = {"Content-Type": "application/json"}
    refused = guest.post("/api/feedback", content=body, headers=headers)
    assert refused.status_code == 422


def test_taking_back_leaves_nothing_and_can_be_repeated(guest: httpx.Client) -> None:
    result_id = ask(guest)["result_id"]
    rate(guest, result_id, rating=5)
    assert guest.delete(f"/api/feedback/{result_id}").json() == {"removed": True}
    assert said(guest) == []
    assert guest.delete(f"/api/feedback/{result_id}").json() == {"removed": False}
    assert rate(guest, result_id, rating=4).json()["edit"] > 1


def test_a_picture_is_kept_only_while_somebody_leaves_it(
    sign_in: SignIn, guest: httpx.Client, house: House
) -> None:
    other, picture = sign_in("other"), image_bytes(colour=(91, 17, 203))  # asked nowhere else
    digest = SourceImage.from_bytes(picture).digest
    mine, theirs = (ask(client, picture)["result_id"] for client in (guest, other))
    rate(guest, mine, rating=5)
    assert digest not in kept(house)
    assert rate(guest, mine, rating=5, keep_image=True).json()["image_kept"]
    assert rate(other, theirs, rating=1, keep_image=True).status_code == 201
    rate(guest, mine, rating=5)
    assert digest in kept(house)
    other.delete(f"/api/feedback/{theirs}")
    assert digest not in kept(house)


def test_a_picture_that_is_no_longer_at_hand_is_asked_for_again(
    guest: httpx.Client, house: House
) -> None:
    result_id = ask(guest)["result_id"]
    house.clock.advance(3601)
    refused = rate(guest, result_id, rating=5, keep_image=True)
    assert (refused.status_code, refused.json()["code"]) == (410, "image_gone")
    assert said(guest) == []
    ask(guest)
    assert rate(guest, result_id, rating=5, keep_image=True).status_code == 201


def test_forgetting_takes_everything_along_and_says_how_much(
    guest: httpx.Client, house: House, detector: FakeDetector
) -> None:
    picture = image_bytes(colour=(3, 2, 1))
    first, second = ask(guest, picture), ask(guest, picture)
    rate(guest, first["result_id"], rating=5, keep_image=True)
    forgotten = guest.delete("/api/sessions/me")
    assert forgotten.json() == {"ratings": 1, "results": 2, "images": 1, "answers": 1, "uploads": 0}
    assert said(guest) == []
    assert first["image"]["sha256"] not in kept(house)
    assert rate(guest, second["result_id"], rating=5).status_code == 404
    runs = len(detector.calls)
    assert not ask(guest, picture)["from_cache"]
    assert len(detector.calls) == runs + 1
    guest.delete("/api/sessions/me")
    assert set(guest.delete("/api/sessions/me").json().values()) == {0}


def test_a_session_is_its_own_and_the_admins(sign_in: SignIn, guest: httpx.Client) -> None:
    answer = ask(guest)
    session_id = answer["session_id"]
    rate(guest, answer["result_id"], rating=3)
    other, admin = sign_in("other"), sign_in("admin")
    assert other.get(f"/api/sessions/{session_id}/feedback").status_code == 403
    assert other.delete(f"/api/sessions/{session_id}").status_code == 403
    assert said(other) == []
    assert other.delete(f"/api/feedback/{answer['result_id']}").json() == {"removed": False}
    assert said(admin, session_id) == said(guest, session_id) == said(guest)
    assert admin.delete(f"/api/sessions/{session_id}").json()["ratings"] == 1
    assert said(guest) == []


def test_one_result_s_opinion_can_be_read_alone(guest: httpx.Client, house: House) -> None:
    first, second = (ask(guest)["result_id"] for _ in range(2))
    for result_id in (first, second):
        rate(guest, result_id, rating=3)
        house.clock.advance(1)
    assert [one["result_id"] for one in said(guest)] == [first, second]
    assert [one["result_id"] for one in said(guest, result_id=second)] == [second]
    assert said(guest, result_id="nobody's") == []


def test_what_was_said_outlives_the_day_its_result_is_kept(
    guest: httpx.Client, house: House
) -> None:
    result_id = ask(guest)["result_id"]
    rate(guest, result_id, rating=5)
    house.clock.advance(25 * 3600)
    assert rate(guest, result_id, rating=1).status_code == 404
    assert [one["rating"] for one in said(guest)] == [5]
    assert guest.delete(f"/api/feedback/{result_id}").json() == {"removed": True}


def test_the_folder_of_kept_pictures_is_the_owner_s_alone(house: House) -> None:
    folder = Path(house.settings.data_dir / "kept")
    assert folder.stat().st_mode & 0o077 == 0
