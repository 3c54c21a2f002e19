"""The schema tells the truth: what it documents can be provoked, and its examples run."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from PIL import Image

from api.problems import MEDIA_TYPE, Problem
from api.schemas import DetectAnswer
from tests.conftest import House, SignIn
from tests.fakes import image_bytes
from tests.journeys.test_api import bomb, truncated_jpeg

ROOT = Path(__file__).parents[2]

# Why a code is documented at every route though it is provoked at one: a leg of the gate, or of
# the service, that stands in front of all of them; the tests named here take it apart.
COMMON_LEGS: Mapping[str, str] = {
    "sign_in": "tests/gate/test_closed_by_default.py asks every route",
    "host": "tests/gate/test_hosts.py",
    "foreign_site": "tests/gate/test_origin.py",
    "body_type": "tests/gate/test_origin.py",
    "body_too_large": "tests/gate/test_bodies.py",
    "body_too_slow": "tests/gate/test_bodies.py",
    "request": "tests/gate/test_answers.py",
    "internal": "tests/gate/test_answers.py",
    "too_many_requests": "tests/gate/test_floods.py",
    "overloaded": "tests/gate/test_basic.py; tests/serving/test_pool.py",
    "unreadable_request": "tests/journeys/test_api.py",
    "not_saved": "tests/feedback/test_sqlite.py fills the disk",
    "model_loading": "tests/serving/test_loading.py",
    "model_unavailable": "tests/serving/test_loading.py",
    "archive_unavailable": "tests/feedback/test_elastic_archive.py",
    "image_gone": "tests/feedback/test_desk.py",
}


@dataclass(frozen=True)
class Provoker:
    """Whoever asks for trouble: a guest of the house, and the house to meddle with."""

    guest: httpx.Client
    admin: httpx.Client
    sign_in: SignIn
    house: House

    def ask(self, *, image: bytes | None = None, **form: str) -> httpx.Response:
        files = {"image": ("a.png", image_bytes() if image is None else image)}
        return self.guest.post("/api/detect", files=files, data={"text": "a dog", **form})


def animated_webp() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def wait_past_the_deadline(one: Provoker) -> httpx.Response:
    asked, go_on = Event(), Event()

    def block(_jobs: object) -> None:
        asked.set()
        go_on.wait(timeout=60)

    one.house.detector.before_batch = block
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(one.ask, image=image_bytes(colour=(9, 9, 9)))
        assert asked.wait(timeout=60)
        one.house.clock.advance(31)
        late = answer.result()
        go_on.set()
    return late


def break_the_model(one: Provoker) -> httpx.Response:
    def fail(_jobs: object) -> None:
        raise RuntimeError("on purpose")

    one.house.detector.before_batch = fail
    return one.ask(image=image_bytes(colour=(8, 8, 8)))


def ask_too_often(one: Provoker) -> httpx.Response:
    one.ask()  # takes the cookie: from here on it is one session
    answers = (one.ask(image=image_bytes(colour=(1, 2, number))) for number in range(20))
    return next(answer for answer in answers if answer.status_code == 429)


DETECT: Mapping[str, Callable[[Provoker], httpx.Response]] = {
    "image_missing": lambda one: one.guest.post("/api/detect", files={"text": (None, "a dog")}),
    "image_too_large": lambda one: one.ask(image=bytes(20 * 2**20 + 1)),
    "image_dimensions": lambda one: one.ask(image=bomb()),
    "image_format": lambda one: one.ask(image=b"hello, I am a picture"),
    "image_animated": lambda one: one.ask(image=animated_webp()),
    "image_broken": lambda one: one.ask(image=truncated_jpeg()),
    "prompt_empty": lambda one: one.ask(text=" "),
    "prompt_too_long": lambda one: one.ask(text="a" * 501),
    "prompt_character": lambda one: one.ask(text="a\x00dog"),
    "prompt_without_phrase": lambda one: one.ask(text=" . ,"),
    "bad_threshold": lambda one: one.ask(threshold="7"),
    "unknown_model": lambda one: one.ask(model="nobody"),
    "model_not_installed": lambda one: one.ask(model="glip-tiny"),
    "unreadable_request": lambda one: one.ask(threshold="high"),
    "deadline_exceeded": wait_past_the_deadline,
    "internal": break_the_model,
    "too_many_requests": ask_too_often,
    "sign_in": lambda one: one.sign_in(None).post("/api/detect"),
    "host": lambda one: one.guest.post("/api/detect", headers={"Host": "evil.example"}),
    "foreign_site": lambda one: one.guest.post(
        "/api/detect", headers={"Origin": "https://evil.example"}
    ),
    "body_type": lambda one: one.guest.post(
        "/api/detect", content="hello", headers={"Content-Type": "text/plain"}
    ),
    "body_too_large": lambda one: one.guest.post(
        "/api/detect",
        content=bytes(24 * 2**20 + 1),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    ),
    "request": lambda one: one.guest.post(
        "/api/detect",
        content=b"no boundary in here",
        headers={"Content-Type": "multipart/form-data"},
    ),
}


def rate(one: Provoker, **opinion: Any) -> httpx.Response:
    result_id = one.ask(threshold="0.05").json()["result_id"]
    return one.guest.post("/api/feedback", json={"result_id": result_id, **opinion})


FEEDBACK: Mapping[str, Callable[[Provoker], httpx.Response]] = {
    "bad_rating": lambda one: rate(one, rating=6),
    "bad_comment": lambda one: rate(one, rating=5, comment="a" * 2001),
    "bad_threshold": lambda one: rate(one, rating=5, threshold=7),
    "bad_verdict": lambda one: rate(one, boxes=[{"index": 9, "verdict": "right"}]),
    "bad_phrase": lambda one: rate(one, boxes=[{"index": 0, "verdict": "wrong_label"}]),
    "bad_missed_box": lambda one: rate(one, missed=[{"phrase": "cup", "box": [0, 0, 99, 9]}]),
    "result_not_found": lambda one: one.guest.post(
        "/api/feedback", json={"result_id": "0" * 32, "rating": 5}
    ),
}
STRANGE = "0" * 32  # an id of nothing and nobody
PROVOKED: Mapping[tuple[str, str], Mapping[str, Callable[[Provoker], httpx.Response]]] = {
    ("post", "/api/detect"): DETECT,
    ("post", "/api/feedback"): FEEDBACK,
    ("delete", "/api/feedback/{result_id}"): {
        "not_found": lambda one: one.guest.delete("/api/feedback/xyz"),
    },
    ("get", "/api/feedback/export"): {
        "not_allowed": lambda one: one.guest.get("/api/feedback/export?format=csv"),
        "bad_filter": lambda one: one.admin.get("/api/feedback/export?format=csv&since=then"),
    },
    ("get", "/api/results/{result_id}"): {
        "result_not_found": lambda one: one.guest.get(f"/api/results/{STRANGE}"),
        "not_found": lambda one: one.guest.get("/api/results/xyz"),
    },
    ("get", "/api/results/{result_id}/coco"): {
        "result_not_found": lambda one: one.guest.get(f"/api/results/{STRANGE}/coco"),
        "not_found": lambda one: one.guest.get("/api/results/xyz/coco"),
    },
    ("get", "/api/results/{result_id}/picture"): {
        "result_not_found": lambda one: one.guest.get(f"/api/results/{STRANGE}/picture"),
        "not_found": lambda one: one.guest.get("/api/results/xyz/picture"),
    },
    ("get", "/api/sessions/{session_id}/feedback"): {
        "not_allowed": lambda one: one.guest.get(f"/api/sessions/{STRANGE}/feedback"),
        "not_found": lambda one: one.guest.get("/api/sessions/xyz/feedback"),
    },
    ("delete", "/api/sessions/{session_id}"): {
        "not_allowed": lambda one: one.guest.delete(f"/api/sessions/{STRANGE}"),
        "not_found": lambda one: one.guest.delete("/api/sessions/xyz"),
    },
    ("post", "/api/models/{name}/load"): {
        "unknown_model": lambda one: one.guest.post("/api/models/nobody/load"),
        "model_not_installed": lambda one: one.guest.post("/api/models/glip-tiny/load"),
    },
    ("post", "/api/models/{name}/fetch"): {
        "not_allowed": lambda one: one.guest.post("/api/models/glip-tiny/fetch"),
        "unknown_model": lambda one: one.admin.post("/api/models/nobody/fetch"),
    },
}


@pytest.fixture
def provoker(sign_in: SignIn, house: House) -> Provoker:
    return Provoker(sign_in("guest"), sign_in("admin"), sign_in, house)


@pytest.fixture
def schema(sign_in: SignIn) -> Any:
    return sign_in("guest").get("/openapi.json").json()


def documented(schema: Any) -> Iterator[tuple[str, str, str, str, Any]]:
    """Yield method, path, status, code and example of every problem in the schema."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                told = response.get("content", {}).get(MEDIA_TYPE, {})
                for code, example in told.get("examples", {}).items():
                    yield method, path, status, code, example["value"]


def test_every_documented_problem_is_provoked_or_stands_in_front_of_all(schema: Any) -> None:
    unproven = [
        (method, path, code)
        for method, path, _, code, _ in documented(schema)
        if code not in PROVOKED.get((method, path), {}) and code not in COMMON_LEGS
    ]
    assert unproven == []


@pytest.mark.parametrize(
    ("route", "code"),
    [(route, code) for route, codes in PROVOKED.items() for code in codes],
    ids=lambda part: part if isinstance(part, str) else " ".join(part),
)
def test_a_problem_is_answered_as_documented(
    provoker: Provoker, schema: Any, route: tuple[str, str], code: str
) -> None:
    answer = PROVOKED[route][code](provoker)
    examples = {
        (method, path, told): (status, example)
        for method, path, status, told, example in documented(schema)
    }
    status, example = examples[*route, code]
    told = Problem.model_validate_json(answer.text, strict=True)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert str(answer.status_code) == status
    assert anywhere(told.model_dump()) == anywhere(example)
    documented_headers = schema["paths"][route[1]][route[0]]["responses"][status]["headers"]
    assert all(name in answer.headers for name in documented_headers)
    assert told.request_id == answer.headers["X-Request-ID"]


def anywhere(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem as it would be elsewhere: other facts, a request of its own."""
    facts = r"(?<=in )\d+(?= s)|(?<=Known: ).*|\(\w+\)|(?<=between )[\d.]+"
    detail = re.sub(facts, "…", problem["detail"])
    return {**problem, "detail": detail, "request_id": ""}


def test_every_route_has_a_line_in_the_papers(schema: Any) -> None:
    paper = nameless((ROOT / "docs" / "api.md").read_text("utf-8"))
    routes = [(method, path) for path, methods in schema["paths"].items() for method in methods]
    missing = [
        route for route in routes if f"| {route[0].upper()} | `{nameless(route[1])}` |" not in paper
    ]
    assert missing == []


def nameless(text: str) -> str:
    """The text with `{}` for `{result_id}`: papers may call an id more shortly."""
    return re.sub(r"\{\w+\}", "{}", text)


def test_the_schema_says_who_must_sign_in(schema: Any) -> None:
    assert schema["components"]["securitySchemes"]["basic"]["scheme"] == "basic"
    assert schema["security"] == [{"basic": []}]
    open_to_all = [
        path
        for path, methods in schema["paths"].items()
        for operation in methods.values()
        if operation.get("security") == []
    ]
    assert sorted(open_to_all) == ["/healthz", "/readyz"]


def test_fastapis_own_errors_are_not_promised(schema: Any) -> None:
    assert "HTTPValidationError" not in json.dumps(schema)


def test_every_field_of_the_form_is_described(schema: Any) -> None:
    body = schema["components"]["schemas"]["Body_detect_api_detect_post"]
    assert set(body["properties"]) == {"image", "text", "threshold", "model"}
    assert all(field.get("description") for field in body["properties"].values())


def test_the_example_of_an_answer_is_one(provoker: Provoker, schema: Any) -> None:
    (example,) = schema["components"]["schemas"]["DetectAnswer"]["examples"]
    assert DetectAnswer.model_validate(example).model_dump(mode="json") == example
    assert set(example) == set(provoker.ask().json())


def test_a_form_says_what_has_to_be_there(schema: Any) -> None:
    body = schema["components"]["schemas"]["Body_detect_api_detect_post"]
    assert body["required"] == ["image", "text"]
    assert "null" not in json.dumps(body)


def test_the_examples_of_the_form_run(provoker: Provoker, schema: Any) -> None:
    fields = schema["components"]["schemas"]["Body_detect_api_detect_post"]["properties"]
    for text in fields["text"]["examples"]:
        answer = provoker.ask(text=text, threshold=str(fields["threshold"]["examples"][0]))
        assert answer.status_code == 200
        assert {found["phrase"] for found in answer.json()["detections"]} <= set(
            re.split(r"\s*[.。]\s*", text)
        )


def test_the_example_of_a_rating_runs(provoker: Provoker, schema: Any) -> None:
    examples = schema["components"]["schemas"]["FeedbackIn"]["examples"]
    assert examples
    for example in examples:
        opinion = {name: value for name, value in example.items() if name != "result_id"}
        assert rate(provoker, **opinion).status_code == 201
