"""Through the whole application: what was rated comes out as a file, for admins alone."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from accounts.asker import Asker
from accounts.user import Role, User
from api.deps import current_asker
from api.errors import add_error_handlers
from api.routes.export import export_router
from detection.errors import ArchiveUnavailable
from feedback.archive import FeedbackFilter, FeedbackPage
from feedback.codec import decode_feedback
from feedback.export.formats import FORMATS, FormatName
from feedback.export.pictures import no_pictures
from feedback.record import Feedback, Verdict
from feedback.sqlite_archive import SqliteArchive
from tests.conftest import SignIn
from tests.fakes import FakeClock, image_bytes
from tests.live import serving

EXPORT = "/api/feedback/export"
COMMENTS = ("=1+1", "很好 🐱")


def ask(client: httpx.Client, colour: tuple[int, int, int]) -> Any:
    picture = {"image": ("a.png", image_bytes(colour=colour))}
    question = {"text": "a dog", "threshold": "0.05"}
    return client.post("/api/detect", files=picture, data=question).json()


def rate(client: httpx.Client, result: Any, **opinion: Any) -> None:
    body = {"result_id": result["result_id"], **opinion}
    client.post("/api/feedback", json=body).raise_for_status()


@pytest.fixture
def admin(sign_in: SignIn) -> httpx.Client:
    return sign_in("admin")


@pytest.fixture
def session_id(sign_in: SignIn) -> str:
    """The session of a guest who has just given two ratings, the first with a verdict."""
    guest = sign_in("guest")
    for number, comment in enumerate(COMMENTS):
        result = ask(guest, colour=(number, 0, 9))
        boxes = [{"index": 0, "verdict": "right"}] if number == 0 else []
        rate(guest, result, rating=5 - number, comment=comment, boxes=boxes)
    return str(result["session_id"])


def ratings_of(answer: httpx.Response) -> list[Feedback]:
    lines = [json.loads(line) for line in answer.content.splitlines()]
    return [
        decode_feedback({name: line[name] for name in line if name != "export"}) for line in lines
    ]


def test_an_admin_exports_a_session_whole(admin: httpx.Client, session_id: str) -> None:
    answer = admin.get(EXPORT, params={"format": "jsonl", "session": session_id})
    ratings = ratings_of(answer)
    assert answer.status_code == 200
    assert [feedback.comment for feedback in ratings] == list(COMMENTS)
    assert ratings[0].verdicts[0].verdict is Verdict.RIGHT
    assert ratings[0].user == "guest"
    export = json.loads(answer.content.splitlines()[0])["export"]
    assert export["filter"] == {"session_id": session_id}
    assert (export["ratings"], export["pending"]) == (2, 0)


@pytest.mark.parametrize("name", FormatName)
def test_every_format_is_a_file_to_keep(
    admin: httpx.Client, session_id: str, name: FormatName
) -> None:
    answer = admin.get(EXPORT, params={"format": name.value, "session": session_id})
    entry = FORMATS[name]
    assert answer.status_code == 200
    assert answer.content
    assert answer.headers["Content-Type"] == entry.media_type
    assert answer.headers["Content-Disposition"].endswith(f'{entry.suffix}"')
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="glip-feedback-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("wanted", "comments"),
    [
        ({"rating": "5"}, COMMENTS[:1]),
        ({"rating": ["5", "4"]}, COMMENTS),
        ({"text": "很好"}, COMMENTS[1:]),
        ({"user": "nobody"}, ()),
        ({"since": "2000-01-01", "model": "fake"}, COMMENTS),
        ({"until": "2000-01-01"}, ()),
    ],
    ids=["stars", "one of two stars", "text", "user", "since and model", "until"],
)
def test_what_is_exported_is_what_was_wanted(
    admin: httpx.Client, session_id: str, wanted: dict[str, Any], comments: tuple[str, ...]
) -> None:
    answer = admin.get(EXPORT, params={"format": "jsonl", "session": session_id, **wanted})
    assert tuple(feedback.comment for feedback in ratings_of(answer)) == comments


def test_no_cell_is_a_formula(admin: httpx.Client, session_id: str) -> None:
    answer = admin.get(EXPORT, params={"format": "csv", "session": session_id})
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert [row["comment"] for row in rows] == ["'=1+1", COMMENTS[1]]


@pytest.mark.parametrize("query", ["format=csv", "format=nothing", "", "format=csv&rating=9"])
def test_a_guest_may_not_export(sign_in: SignIn, query: str) -> None:
    answer = sign_in("guest").get(f"{EXPORT}?{query}")
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "unreadable_request"),
        ("format=pdf", "unreadable_request"),
        ("format=csv&rating=6", "bad_filter"),
        ("format=csv&since=yesterday", "bad_filter"),
        ("format=csv&text=%00", "bad_filter"),
    ],
)
def test_what_cannot_be_understood_is_said(admin: httpx.Client, query: str, code: str) -> None:
    answer = admin.get(f"{EXPORT}?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_picture_that_was_left_is_in_the_archive(admin: httpx.Client, sign_in: SignIn) -> None:
    guest = sign_in("guest")
    result = ask(guest, colour=(1, 2, 3))
    rate(guest, result, boxes=[{"index": 0, "verdict": "right"}], keep_image=True)
    answer = admin.get(EXPORT, params={"format": "yolo", "session": result["session_id"]})
    digest = result["image"]["sha256"]
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.read(f"images/{digest}.png").startswith(b"\x89PNG")
    assert len(archive.read(f"labels/{digest}.txt").splitlines()) == 1


class Silent(SqliteArchive):
    """An archive whose server does not answer."""

    def search(self, wanted: FeedbackFilter, *, page: int = 1, size: int = 20) -> FeedbackPage:
        raise ArchiveUnavailable


def test_an_archive_that_does_not_answer_is_said(tmp_path: Path) -> None:
    archive = Silent(tmp_path / "glip.sqlite3")
    app = FastAPI()
    add_error_handlers(app)
    clock = FakeClock()
    app.include_router(
        export_router(archive, picture_of=no_pictures, clock=clock, app_version="9.9")
    )
    admin = Asker(
        user=User("ann", Role.ADMIN),
        session_id="a" * 32,
        address="127.0.0.1",
        has_cookie=True,
        language="en",
    )
    app.dependency_overrides[current_asker] = lambda: admin

    async def gated(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"language": "en", "request_id": "1"}}, receive, send)

    with serving(gated) as address:
        answer = httpx.get(f"{address}{EXPORT}", params={"format": "csv"})
    archive.close()
    assert answer.status_code == 503
    assert answer.json()["code"] == "archive_unavailable"
