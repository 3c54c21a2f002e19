"""People of a soak: each rates the results of one session and repeats what was not acknowledged."""

import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from accounts.directory import UserDirectory
from accounts.user import Role, User
from detection.prompt import Prompt
from detection.result import DetectionResult
from feedback.codec import encode_result
from feedback.results import ResultStore
from gate.session_cookie import cookie_name
from gate.sessions import SessionStore
from tools.instant_detector import InstantDetector, boxes_of
from utils.clock import SystemClock
from utils.sqlite import connect

NAME, PASSWORD = "soak", "a-word-for-soaking"
PROMPT = "a dog . the red cup . 一只猫 . 红色杯子"
COMMENTS = ("good", "杯子不见了", '"quoted", comma; <b>bold</b>', "two\nlines", "🐻 =1+1", "")
REPEAT_AFTER_S = 0.2


@dataclass(frozen=True)
class Opinion:
    """What somebody says of one result."""

    result_id: str
    rating: int
    comment: str


@dataclass
class Person:
    """One session: what it has to say, what was acknowledged, and how long each answer took."""

    cookie: str
    opinions: Sequence[Opinion]
    acknowledged: dict[str, Opinion] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)
    repeats: int = 0

    def rate_all(self, url: str, stop: threading.Event, must_wait: Callable[[], bool]) -> None:
        """Rate result after result; the same body goes again until it is acknowledged."""
        cookies = {cookie_name(is_https=False): self.cookie}
        with httpx.Client(
            base_url=url, auth=(NAME, PASSWORD), cookies=cookies, timeout=30
        ) as client:
            for opinion in self.opinions:
                while must_wait() and not stop.is_set():
                    stop.wait(REPEAT_AFTER_S)
                while not self._is_acknowledged(client, opinion):
                    self.repeats += 1
                    if stop.wait(REPEAT_AFTER_S):
                        return

    def _is_acknowledged(self, client: httpx.Client, opinion: Opinion) -> bool:
        started = time.monotonic()
        try:
            answer = client.post("/api/feedback", json=vars(opinion))
        except httpx.TransportError:  # killed: before it was stored, or after
            return False
        if answer.status_code >= 500:
            return False
        if answer.status_code != 201:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")
        self.waits_s.append(time.monotonic() - started)
        self.acknowledged[opinion.result_id] = opinion
        return True


def make_people(database: Path, *, count: int, ratings: int) -> list[Person]:
    """Make a user, sessions, and results to rate, as if they had asked."""
    users = UserDirectory(database)
    users.add(NAME, PASSWORD, Role.GUEST)
    users.close()
    clock = SystemClock()
    ResultStore(database, clock=clock).close()  # makes the table
    sessions = SessionStore(database, clock=clock)
    shares = [ratings // count + (number < ratings % count) for number in range(count)]
    people = []
    for share in shares:
        session = sessions.begin(User(NAME, Role.GUEST))
        ids = [secrets.token_hex(16) for _ in range(share)]
        keep_results(database, session.session_id, ids)
        people.append(Person(session.cookie, [some_opinion(result_id) for result_id in ids]))
    return people


def some_opinion(result_id: str) -> Opinion:
    comment = f"{random.choice(COMMENTS)} {result_id[:6]}"
    return Opinion(result_id, random.randint(1, 5), comment)


def keep_results(database: Path, session_id: str, ids: Sequence[str]) -> None:
    """Keep a result under each id, in one transaction: that is not what is measured."""
    prompt = Prompt.parse(PROMPT)
    result = DetectionResult(
        id="",
        image_digest=secrets.token_hex(32),
        size_wh=(640, 480),
        prompt=prompt,
        model_id=InstantDetector.model_id,
        revision=InstantDetector.revision,
        variant="default",
        detections=boxes_of((640, 480), len(prompt.phrases)),
        threshold=0.5,
        from_cache=False,
        at=SystemClock().now(),
    )
    facts, at = encode_result(result), result.at.timestamp()
    rows = ((each, session_id, NAME, at, json.dumps({**facts, "id": each})) for each in ids)
    connection = connect(database)
    with connection:
        connection.executemany(
            "INSERT INTO results (id, session_id, user, at, record) VALUES (?, ?, ?, ?, ?)", rows
        )
    connection.close()
