"""An answer again: as JSON, as COCO, as a picture; for its own session, without the model."""

import io

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.conftest import House, SignIn
from tests.fakes import image_bytes


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
