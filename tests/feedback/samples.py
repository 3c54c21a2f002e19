"""Askers, results and ratings to test with."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from accounts.asker import Asker
from accounts.user import Role, User
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import DetectionResult, Detections, Timings
from feedback.record import BoxVerdict, Feedback, MissedBox, Verdict, feedback_id

ALICE = Asker(
    user=User("alice", Role.GUEST),
    session_id="a" * 32,
    address="127.0.0.1",
    has_cookie=True,
    language="zh",
)
BOB = replace(ALICE, user=User("bob", Role.GUEST), session_id="b" * 32, language="en")
ADMIN = replace(ALICE, user=User("carol", Role.ADMIN), session_id="c" * 32)

VERDICTS = (
    BoxVerdict(index=0, verdict=Verdict.RIGHT),
    BoxVerdict(index=1, verdict=Verdict.WRONG_LABEL, phrase="杯子 <b>"),
)
MISSED = (
    MissedBox(phrase="a green hat", xyxy=(1 / 3, 2.0, 40.5, 77.25)),
    MissedBox(phrase="帽子", xyxy=(0.0, 0.0, 640.0, 480.0)),
)


def some_detections(boxes: int = 2, phrases: int = 2) -> Detections:
    """Return boxes whose numbers have no short decimal form."""
    corners = np.arange(boxes * 2, dtype=np.float32).reshape(boxes, 2) / 3
    return Detections.ranked(
        xyxy=np.hstack([corners, corners + np.float32(0.1)]),
        scores=np.linspace(0.9, 0.1, boxes) / 1.1,
        phrase_index=np.arange(boxes) % phrases,
        phrase_scores=np.full((boxes, phrases), 1 / 7),
        phrase_count=phrases,
    )


def some_result(**changes: Any) -> DetectionResult:
    """Return a result with an id of its own."""
    return replace(
        DetectionResult(
            id=secrets.token_hex(16),
            image_digest="d" * 64,
            size_wh=(640, 480),
            prompt=Prompt.parse("a dog . 红色杯子"),
            model_id="fake",
            revision="1",
            variant="default",
            detections=some_detections(),
            threshold=0.5,
            from_cache=False,
            at=datetime(2026, 1, 1, 0, 16, 40, 123456, UTC),
            timings=Timings(queue_ms=0.1, prepare_ms=1.5, model_ms=20.25, total_ms=21.85),
        ),
        **changes,
    )


def some_feedback(**changes: Any) -> Feedback:
    """Return alice's rating of a result."""
    result = some_result(id="0" * 32)
    plain = Feedback(
        id="",
        edit=1,
        session_id=ALICE.session_id,
        user="alice",
        role=Role.GUEST,
        result_id=result.id,
        rating=4,
        comment="Good, but 杯子 is <b>missing</b>.\nReally",
        prompt=result.prompt,
        model_id=result.model_id,
        revision=result.revision,
        variant=result.variant,
        image_digest=result.image_digest,
        size_wh=result.size_wh,
        detections=result.detections,
        threshold=result.threshold,
        language="zh",
        timings=result.timings,
        at=result.at,
    )
    changed = replace(plain, **changes)
    return replace(changed, id=feedback_id(changed.session_id, changed.result_id))


def some_image(seed: int = 0) -> SourceImage:
    """Return a small picture; another seed, another digest."""
    pixels = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), np.uint8)
    return SourceImage.from_pixels(pixels)


@dataclass
class RecentImages:
    """The pictures that are at hand."""

    images: list[SourceImage] = field(default_factory=list)

    def recall_image(self, digest: str) -> SourceImage | None:
        return next((image for image in self.images if image.digest == digest), None)
