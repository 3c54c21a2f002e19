"""The models one may name, over HTTP, in the whole house."""

import httpx
import pytest

from models.catalogue import MODELS
from tests.conftest import House, SignIn
from tests.fakes import image_bytes


def ask(client: httpx.Client, **fields: str) -> httpx.Response:
    files = {"image": ("a.png", image_bytes(), "image/png")}
    return client.post("/api/detect", files=files, data={"text": "a dog", **fields})


def test_every_model_is_listed_the_default_one_first(sign_in: SignIn) -> None:
    models = sign_in("guest").get("/api/models").json()
    assert [model["model_id"] for model in models] == ["fake", *MODELS]
    assert (models[0]["state"], models[0]["is_default"]) == ("loaded", True)
    listed = {model["model_id"]: model for model in models}
    assert listed["glip-nano"]["state"] in {"installed", "loaded"}
    large = listed["glip-large"]
    assert (large["state"], large["size"], large["source"]) == (
        "fetchable",
        "6.9 GB",
        "GLIPModel/GLIP",
    )
    assert large["missing"] == list(MODELS["glip-large"].files)
    assert large["languages"] == ["en"]
    assert "许可证" in large["licence"]["zh"]


def test_a_model_that_is_not_installed_is_a_conflict(sign_in: SignIn) -> None:
    guest = sign_in("guest")
    for refused in (ask(guest, model="glip-large"), guest.post("/api/models/glip-large/load")):
        assert refused.status_code == 409
        assert refused.json()["code"] == "model_not_installed"
        assert "GLIPModel/GLIP" in refused.json()["detail"]


@pytest.mark.parametrize("verb", ["load", "fetch"])
def test_an_unknown_model_is_refused(verb: str, sign_in: SignIn) -> None:
    refused = sign_in("admin").post(f"/api/models/gpt/{verb}")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_model")


def test_guests_fetch_nothing(sign_in: SignIn) -> None:
    refused = sign_in("guest").post("/api/models/glip-large/fetch")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_loading_what_is_loaded_changes_nothing(house: House, sign_in: SignIn) -> None:
    answer = sign_in("guest").post("/api/models/fake/load")
    assert (answer.status_code, answer.json()["state"]) == (202, "loaded")
    assert house.detector.calls == []


def test_chinese_for_a_model_that_reads_english_is_answered_with_a_warning(
    sign_in: SignIn,
) -> None:
    guest = sign_in("guest", language="zh")
    answer = ask(guest, text="一只狗 . a cat").json()
    (warning,) = answer["warnings"]
    assert warning["code"] == "chinese_unread"
    assert warning["sentence"] == "fake 只懂英文，它为“一只狗”给出的框没有意义。"
    assert ask(guest, text="a cat").json()["warnings"] == []
