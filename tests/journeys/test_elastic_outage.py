"""The whole application, told of an Elasticsearch that is not there."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from tests.fakes import FakeDetector, image_bytes
from tests.live import serving
from tests.waiting import wait_until
from tools.local_servers import free_port


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    data_dir: Path = tmp_path_factory.mktemp("data")
    settings = Settings(
        _env_file=None,
        data_dir=data_dir,
        metrics_port=0,
        model="fake",
        elasticsearch_url=f"http://127.0.0.1:{free_port()}",
    )
    users = UserDirectory(settings.database)
    users.add("guest", "a-word-to-sign-in", Role.GUEST)
    users.add("admin", "a-word-for-admins", Role.ADMIN)
    users.close()
    application = create_app(settings, build=lambda _name: FakeDetector())
    auth = ("guest", "a-word-to-sign-in")
    with (
        serving(application) as address,
        httpx.Client(base_url=address, auth=auth, timeout=60) as client,
    ):
        wait_until(lambda: client.get("/readyz").status_code == 200, within_s=120)
        yield client


def test_ratings_are_taken_and_the_server_stays_ready_but_says_degraded(
    guest: httpx.Client,
) -> None:
    files = {"image": ("a.png", image_bytes())}
    answer = guest.post("/api/detect", files=files, data={"text": "a dog"}).json()
    rating = guest.post("/api/feedback", json={"result_id": answer["result_id"], "rating": 5})
    assert rating.status_code == 201
    wait_until(lambda: guest.get("/readyz").json()["status"] == "degraded")
    stranger = httpx.get(guest.base_url.join("/readyz"))
    assert stranger.status_code == 200
    assert stranger.json() == {"status": "degraded", "reasons": ["store behind"]}


def test_an_admin_who_exports_is_told_that_ratings_cannot_be_searched(
    guest: httpx.Client,
) -> None:
    export = guest.get(
        "/api/feedback/export", params={"format": "jsonl"}, auth=("admin", "a-word-for-admins")
    )
    assert export.status_code == 503
    assert export.json()["code"] == "archive_unavailable"
