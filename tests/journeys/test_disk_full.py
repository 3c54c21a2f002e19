"""A disk that takes no byte more: the real server, in a process of its own."""

import resource
from collections.abc import Iterator

import httpx
import pytest

from feedback.archive import FeedbackFilter
from feedback.sqlite_archive import SqliteArchive
from gate.session_cookie import cookie_name
from tools.local_servers import AppServer
from tools.soak_people import NAME, PASSWORD, Opinion, Person, make_people

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
FULL = (1, resource.RLIM_INFINITY)  # bytes a file may have


@pytest.fixture(scope="module")
def app() -> Iterator[AppServer]:
    server = AppServer(settings={"GLIP_MODEL": "tools.instant_detector:InstantDetector"})
    yield server
    server.close()


@pytest.fixture
def person(app: AppServer) -> Person:
    (person,) = make_people(app.database, count=1, ratings=6)
    app.start()
    app.wait()
    return person


def test_a_full_disk_is_said_loses_nothing_and_gets_over(app: AppServer, person: Person) -> None:
    cookies = {cookie_name(is_https=False): person.cookie}
    client = httpx.Client(base_url=app.url, auth=(NAME, PASSWORD), cookies=cookies, timeout=60)

    def rate(opinions: list[Opinion]) -> list[tuple[int, str]]:
        answers = [client.post("/api/feedback", json=vars(each)) for each in opinions]
        return [(answer.status_code, answer.json().get("code", "")) for answer in answers]

    first, second, third = (list(person.opinions[at : at + 2]) for at in (0, 2, 4))
    assert rate(first) == [(201, "")] * 2
    resource.prlimit(app.running.pid, resource.RLIMIT_FSIZE, FULL)
    assert rate(second) == [(503, "not_saved")] * 2
    kept = SqliteArchive(app.database)
    assert kept.search(FeedbackFilter()).total == 2
    resource.prlimit(app.running.pid, resource.RLIMIT_FSIZE, UNLIMITED)
    assert rate(third) == [(201, "")] * 2
    stored = {feedback.result_id for feedback in kept.scan(FeedbackFilter())}
    assert stored == {opinion.result_id for opinion in [*first, *third]}
    kept.close()
    client.close()
