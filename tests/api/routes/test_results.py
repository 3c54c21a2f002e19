"""An answer again: as JSON, as COCO, as a picture; for its own session, without the model."""

import asyncio
import io
import threading
from typing import cast

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.types import Receive, Scope, Send

from accounts.asker import Asker
from api.deps import current_asker
from api.errors import add_error_handlers
from api.routes.results import results_router
from detection.image import SourceImage
from detection.result import DetectionResult
from feedback.results import ResultStore
from tests.conftest import House, SignIn
from tests.fakes import image_bytes
from tests.feedback.samples import ALICE, some_result


@pytest.fixture
def guest(sign_in: SignIn) -> httpx.Client:
    return sign_in("guest")


def ask(client: httpx.Client, size_wh: tuple[int, int] = (320, 240)) -> dict[str, object]:
    answer = client.post(
        "/api/detect",
        data={"text": "a dog . the cup", "threshold": "0.05"},
        files={"image": ("picture.png", image_bytes(*size_wh, colour=(128, 128, 128)))},
    )
    return dict(answer.raise_for_status().json())


def test_the_answer_is_the_same_again_and_no_model_runs(guest: httpx.Client, house: House) -> None:
    asked = ask(guest)
    again = guest.get(f"/api/results/{asked['result_id']}")
    assert again.json() == asked
    assert len(house.detector.calls) == 1


def test_another_threshold_is_another_view(guest: httpx.Client) -> None:
    found = guest.get(f"/api/results/{ask(guest)['result_id']}", params={"threshold": 1}).json()
    assert (found["threshold"], found["detections"]) == (1, [])


def test_coco_names_picture_phrases_and_boxes(guest: httpx.Client) -> None:
    path = f"/api/results/{ask(guest)['result_id']}/coco"
    document = guest.get(path, params={"file": "猫.png"}).json()
    (image,) = document["images"]
    assert (image["file_name"], image["width"], image["height"]) == ("猫.png", 320, 240)
    assert [category["name"] for category in document["categories"]] == ["a dog", "the cup"]
    assert len(document["annotations"]) == 2


def test_the_picture_has_its_full_size_and_its_boxes(guest: httpx.Client) -> None:
    answer = guest.get(f"/api/results/{ask(guest, (2000, 1500))['result_id']}/picture")
    assert answer.headers["content-type"] == "image/png"
    drawn = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert drawn.shape == (1500, 2000, 3)
    assert np.abs(drawn.astype(int) - 128).max() > 60


@pytest.mark.parametrize("view", ["", "/coco", "/picture"])
def test_nobody_else_sees_it(guest: httpx.Client, sign_in: SignIn, view: str) -> None:
    path = f"/api/results/{ask(guest)['result_id']}{view}"
    assert guest.get(path).status_code == 200
    for stranger in (sign_in("guest"), sign_in("other"), sign_in("admin")):
        answer = stranger.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "result_not_found")


def test_a_threshold_is_a_number_from_0_to_1(guest: httpx.Client) -> None:
    path = f"/api/results/{ask(guest)['result_id']}"
    for nonsense in ("2", "-0.1", "nan", "much"):
        assert guest.get(path, params={"threshold": nonsense}).status_code == 422


class Album:
    """Results and their pictures; counts how many are looked up at once, and lets none go alone."""

    def __init__(self) -> None:
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self.may_go = threading.Event()

    def load(self, result_id: str, _asker: Asker) -> DetectionResult:
        return some_result(id=result_id)

    def recall_image(self, _digest: str) -> SourceImage:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        assert self.may_go.wait(timeout=30)
        with self._lock:
            self._at_once -= 1
        return SourceImage.from_pixels(np.zeros((480, 640, 3), np.uint8))


async def statuses_of(album: Album, count: int) -> list[int]:
    """Ask for `count` pictures at once; none is ready before all others have been refused."""
    app = FastAPI()
    add_error_handlers(app)
    app.include_router(results_router(cast("ResultStore", album), album))
    app.dependency_overrides[current_asker] = lambda: ALICE

    async def behind_the_gate(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"language": "en", "request_id": "0"}}, receive, send)

    transport = httpx.ASGITransport(behind_the_gate)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        path = f"/api/results/{'0' * 32}/picture"
        asked = [asyncio.create_task(client.get(path)) for _ in range(count)]
        refused = 0
        for answer in asyncio.as_completed(asked, timeout=30):
            if (await answer).status_code == 503:
                refused += 1
            if refused == count - 18:
                album.may_go.set()
        return [task.result().status_code for task in asked]


def test_two_are_drawn_at_once_some_wait_and_the_others_are_told_so() -> None:
    album = Album()
    statuses = asyncio.run(statuses_of(album, 30))
    assert (statuses.count(200), statuses.count(503)) == (18, 12)
    assert album.most_at_once == 2
