"""A program's day: sign in, ask, move the threshold, rate; and everything it can get wrong."""

import io
import json
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import pytest

from tests.conftest import SignIn
from tests.fakes import FakeDetector, image_bytes

ZH = "zh-CN,zh;q=0.9"


def ask(client: httpx.Client, text: str = "a dog . the red cup", **form: Any) -> Any:
    image = form.pop("image", image_bytes())
    return client.post(
        "/api/detect", files={"image": ("a.png", image)}, data={"text": text, **form}
    )


def test_a_guest_asks_and_every_box_names_a_phrase_as_it_was_typed(sign_in: SignIn) -> None:
    answer = ask(sign_in("guest"), "A Dog . the red cup", threshold="0.05").json()
    assert {found["phrase"] for found in answer["detections"]} == {"A Dog", "the red cup"}
    for found in answer["detections"]:
        start, end = found["span"]
        assert "A Dog . the red cup"[start:end] == found["phrase"]
        x1, y1, x2, y2 = found["box"]
        assert 0 <= x1 < x2 <= 64
        assert 0 <= y1 < y2 <= 48
    assert answer["image"]["width"] == 64
    assert len(answer["session_id"]) == 32


def test_the_answer_has_the_documented_fields(sign_in: SignIn) -> None:
    answer = ask(sign_in("guest")).json()
    assert set(answer) == {
        "result_id", "session_id", "model_id", "revision", "image", "threshold", "from_cache",
        "detections", "timings_ms", "warnings",
    }  # fmt: skip
    assert set(answer["timings_ms"]) == {"queue", "prepare", "model", "total"}


def test_another_threshold_costs_no_model_run(sign_in: SignIn, detector: FakeDetector) -> None:
    guest = sign_in("guest")
    everything = ask(guest, threshold="0.05").json()
    nothing = ask(guest, threshold="1").json()
    assert len(everything["detections"]) == 2
    assert nothing["detections"] == []
    assert nothing["from_cache"]
    assert len(detector.calls) == 1


def test_a_second_rating_replaces_the_first(sign_in: SignIn) -> None:
    guest = sign_in("guest")
    result_id = ask(guest).json()["result_id"]
    first = guest.post("/api/feedback", json={"result_id": result_id, "rating": 2})
    second = guest.post(
        "/api/feedback", json={"result_id": result_id, "rating": 5, "comment": "好多了 <b>"}
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert (second.json()["edit"], second.json()["comment"]) == (2, "好多了 <b>")


@pytest.mark.parametrize(
    "thief", ["other", "guest"], ids=["another user", "same user, another browser"]
)
def test_only_the_session_that_asked_may_rate(sign_in: SignIn, thief: str) -> None:
    result_id = ask(sign_in("guest")).json()["result_id"]
    stolen = sign_in(thief).post("/api/feedback", json={"result_id": result_id, "rating": 1})
    assert stolen.status_code == 404


def test_two_users_at_once_get_only_their_own(sign_in: SignIn) -> None:
    askers = [
        (sign_in("guest"), "a dog", (10, 20, 30)),
        (sign_in("other"), "红色杯子", (90, 80, 70)),
    ]

    def own_phrases(turn: int) -> bool:
        client, text, colour = askers[turn % 2]
        picture = image_bytes(colour=(*colour[:2], colour[2] + turn))
        answer = ask(client, text, image=picture, threshold="0.05").json()
        return [found["phrase"] for found in answer["detections"]] == [text]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(own_phrases, range(16)))


def test_the_model_runs_once_for_ten_equal_requests_in_flight(
    sign_in: SignIn, detector: FakeDetector
) -> None:
    asked, go_on = Event(), Event()

    def wait(_jobs: object) -> None:
        asked.set()
        go_on.wait(timeout=20)

    detector.before_batch = wait
    admin = sign_in("admin")
    with ThreadPoolExecutor(10) as pool:
        answers = [pool.submit(ask, admin) for _ in range(10)]
        assert asked.wait(timeout=20)
        go_on.set()
        results = [answer.result().json() for answer in answers]
    assert detector.calls == [1]
    assert len({result["result_id"] for result in results}) == 10


def bomb() -> bytes:
    """A PNG of 20,000 × 20,000 one-bit pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(2_501 * 20_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def truncated_jpeg() -> bytes:
    buffer = io.BytesIO(image_bytes(400, 300, kind="JPEG"))
    return buffer.getvalue()[:1_000]


BAD = {
    "no image": ({"image": None}, 422, "image_missing"),
    "empty image": ({"image": b""}, 422, "image_missing"),
    "empty text": ({"text": ""}, 422, "prompt_empty"),
    "blank text": ({"text": "  \n"}, 422, "prompt_empty"),
    "400 megapixels in 20 KB": ({"image": bomb()}, 422, "image_dimensions"),
    "a text file": ({"image": b"hello, I am a picture"}, 415, "image_format"),
    "a truncated JPEG": ({"image": truncated_jpeg()}, 422, "image_broken"),
    "10,000 characters": ({"text": "a" * 10_000}, 422, "prompt_too_long"),
    "only separators": ({"text": " . ,;。，、；\n"}, 422, "prompt_without_phrase"),
    "a null character": ({"text": "a\x00dog"}, 422, "prompt_character"),
    "an unknown model": ({"model": "nobody"}, 422, "unknown_model"),
    "a threshold of 7": ({"threshold": "7"}, 422, "bad_threshold"),
    "a threshold of nan": ({"threshold": "nan"}, 422, "bad_threshold"),
    "a threshold of words": ({"threshold": "high"}, 422, "unreadable_request"),
}


@pytest.mark.parametrize("language", ["en", ZH], ids=["en", "zh"])
@pytest.mark.parametrize(("form", "status", "code"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_told_in_the_askers_language(
    sign_in: SignIn, form: dict[str, Any], status: int, code: str, language: str
) -> None:
    client = sign_in("guest", language=language)
    fields = {"text": "a dog", "image": image_bytes(), **form}
    parts: dict[str, tuple[str | None, Any]] = {
        name: (None, value) for name, value in fields.items() if name != "image"
    }
    if fields["image"] is not None:
        parts["image"] = ("a.png", fields["image"])
    answer = client.post("/api/detect", files=parts)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert any("一" <= letter <= "鿿" for letter in problem["detail"]) == (language == ZH)
    assert ask(client).status_code == 200


def test_markup_is_text(sign_in: SignIn) -> None:
    answer = ask(sign_in("guest"), "<script>alert(1)</script>", threshold="0.05")
    assert answer.status_code == 200
    assert "<script>alert(1)</script>".startswith(answer.json()["detections"][0]["phrase"][:8])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": 5},
        {"result_id": "x", "rating": "5"},
        {"result_id": "x", "rating": 5, "role": "admin"},
    ],
    ids=["empty", "no result", "a rating in words", "a field too many"],
)
def test_an_unreadable_rating_names_the_field(sign_in: SignIn, body: dict[str, Any]) -> None:
    answer = sign_in("guest").post("/api/feedback", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_request")


@pytest.mark.parametrize("rating", [0, 6, -1, 10**30])
def test_a_rating_lies_between_1_and_5(sign_in: SignIn, rating: int) -> None:
    guest = sign_in("guest")
    result_id = ask(guest).json()["result_id"]
    answer = guest.post("/api/feedback", json={"result_id": result_id, "rating": rating})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_rating")


def test_the_eleventh_detection_of_a_minute_waits(sign_in: SignIn) -> None:
    guest = sign_in("guest")
    ask(guest)  # takes the cookie: from here on it is one session
    answers = [ask(guest, image=image_bytes(colour=(1, 2, number))) for number in range(11)]
    assert [answer.status_code for answer in answers].count(429) >= 1
    refused = answers[-1]
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json()["code"] == "too_many_requests"


def test_models_say_what_they_know(sign_in: SignIn) -> None:
    models = sign_in("guest").get("/api/models").json()
    assert (models[0]["model_id"], models[0]["state"]) == ("fake", "loaded")


def test_health_needs_no_password_and_says_nothing_else(sign_in: SignIn) -> None:
    stranger = sign_in(None)
    assert stranger.get("/healthz").json() == {"status": "ok"}
    assert stranger.get("/readyz").json() == {"status": "ready", "reasons": []}


def test_the_schema_and_its_reader_come_from_here(sign_in: SignIn) -> None:
    guest = sign_in("guest")
    assert "/api/detect" in json.loads(guest.get("/openapi.json").text)["paths"]
    page = guest.get("/docs").text
    assert "http" not in page
    assert guest.get("/static/vendor/swagger-ui/swagger-ui-bundle.js").status_code == 200
