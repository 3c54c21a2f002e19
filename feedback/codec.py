"""Our values as what JSON can hold, and back, without loss: a float32 survives its digits."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np

from accounts.user import Role
from detection.prompt import Phrase, Prompt
from detection.result import DetectionResult, Detections, Timings
from feedback.record import BoxVerdict, Feedback, MissedBox, Verdict

Facts = Mapping[str, Any]


def encode_prompt(prompt: Prompt) -> Facts:
    """Return the prompt's text and caption with the spans of the phrases in each."""
    return {
        "text": prompt.text,
        "spans": [(phrase.start, phrase.end) for phrase in prompt.phrases],
        "caption": prompt.caption,
        "caption_spans": prompt.caption_spans,
    }


def decode_prompt(facts: Facts) -> Prompt:
    """Undo `encode_prompt`."""
    text = facts["text"]
    return Prompt(
        text=text,
        phrases=tuple(Phrase(text[start:end], start, end) for start, end in facts["spans"]),
        caption=facts["caption"],
        caption_spans=tuple((start, end) for start, end in facts["caption_spans"]),
    )


def encode_detections(detections: Detections) -> Facts:
    """Return one list an array."""
    return {
        "xyxy": detections.xyxy.tolist(),
        "scores": detections.scores.tolist(),
        "phrase_index": detections.phrase_index.tolist(),
        "phrase_scores": detections.phrase_scores.tolist(),
        "phrase_count": detections.phrase_count,
    }


def decode_detections(facts: Facts) -> Detections:
    """Undo `encode_detections`."""
    phrase_scores = np.array(facts["phrase_scores"], np.float32)
    return Detections(
        xyxy=np.array(facts["xyxy"], np.float32).reshape(-1, 4),
        scores=np.array(facts["scores"], np.float32),
        phrase_index=np.array(facts["phrase_index"], np.int64),
        phrase_scores=phrase_scores.reshape(-1, facts["phrase_count"]),
    )


def encode_result(result: DetectionResult) -> Facts:
    """Return the whole result."""
    return {
        "id": result.id,
        "image_digest": result.image_digest,
        "size_wh": result.size_wh,
        "prompt": encode_prompt(result.prompt),
        "model_id": result.model_id,
        "revision": result.revision,
        "variant": result.variant,
        "detections": encode_detections(result.detections),
        "threshold": result.threshold,
        "from_cache": result.from_cache,
        "at": result.at.timestamp(),
        "timings": asdict(result.timings),
    }


def decode_result(facts: Facts) -> DetectionResult:
    """Undo `encode_result`."""
    width, height = facts["size_wh"]
    decoded = {
        "size_wh": (width, height),
        "prompt": decode_prompt(facts["prompt"]),
        "detections": decode_detections(facts["detections"]),
        "at": decode_time(facts["at"]),
        "timings": Timings(**facts["timings"]),
    }
    return DetectionResult(**{**facts, **decoded})


def encode_verdicts(verdicts: Iterable[BoxVerdict]) -> list[Facts]:
    """Return one object a verdict."""
    return [asdict(verdict) for verdict in verdicts]


def decode_verdicts(facts: Iterable[Facts]) -> tuple[BoxVerdict, ...]:
    """Undo `encode_verdicts`."""
    return tuple(BoxVerdict(**{**fact, "verdict": Verdict(fact["verdict"])}) for fact in facts)


def encode_missed(missed: Iterable[MissedBox]) -> list[Facts]:
    """Return one object a box."""
    return [asdict(box) for box in missed]


def decode_missed(facts: Iterable[Facts]) -> tuple[MissedBox, ...]:
    """Undo `encode_missed`."""
    decoded = []
    for fact in facts:
        x1, y1, x2, y2 = fact["xyxy"]
        decoded.append(MissedBox(phrase=fact["phrase"], xyxy=(x1, y1, x2, y2)))
    return tuple(decoded)


def encode_feedback(feedback: Feedback) -> Facts:
    """Return the whole opinion."""
    plain = {field.name: getattr(feedback, field.name) for field in fields(feedback)}
    return plain | {
        "role": feedback.role.value,
        "prompt": encode_prompt(feedback.prompt),
        "detections": encode_detections(feedback.detections),
        "verdicts": encode_verdicts(feedback.verdicts),
        "missed": encode_missed(feedback.missed),
        "timings": asdict(feedback.timings),
        "at": feedback.at.timestamp(),
    }


def decode_feedback(facts: Facts) -> Feedback:
    """Undo `encode_feedback`."""
    width, height = facts["size_wh"]
    decoded = {
        "role": Role(facts["role"]),
        "prompt": decode_prompt(facts["prompt"]),
        "size_wh": (width, height),
        "detections": decode_detections(facts["detections"]),
        "verdicts": decode_verdicts(facts["verdicts"]),
        "missed": decode_missed(facts["missed"]),
        "timings": Timings(**facts["timings"]),
        "at": decode_time(facts["at"]),
    }
    return Feedback(**{**facts, **decoded})


def decode_time(seconds: float) -> datetime:
    """Return the UTC time `seconds` after 1970."""
    return datetime.fromtimestamp(seconds, UTC)
