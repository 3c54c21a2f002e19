"""What a rating looks like in Elasticsearch: every field of the index, its mapping and its value.

This table is the one place where our names meet the index's; the mapping is made from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from feedback.codec import decode_feedback, encode_feedback
from feedback.record import Feedback

# A field cannot change its type in place: raise this, and `feedback resend` fills the new index.
INDEX_VERSION = 1

_KEYWORD = {"type": "keyword"}
_INTEGER = {"type": "integer"}
_FLOAT = {"type": "float"}
_TEXT = {"type": "text"}
_DATE = {"type": "date_nanos"}  # to the microsecond, as SQLite
_BOOLEAN = {"type": "boolean"}
_UNSEARCHED = {"type": "object", "enabled": False}  # given back as it was


@dataclass(frozen=True)
class Field:
    """One field of the index."""

    mapping: Mapping[str, Any]
    value: Callable[[Feedback], object]


def document_of(feedback: Feedback) -> dict[str, object]:
    """Return what is indexed of a rating; `record` holds all of it, the rest is for searching."""
    return {name: field.value(feedback) for name, field in FIELDS.items()}


def feedback_of(document: Mapping[str, Any]) -> Feedback:
    """Undo `document_of`, without loss."""
    return decode_feedback(document["record"])


def folded(text: str) -> str:
    """Return the text as it is searched: whatever case it was typed in."""
    return text.casefold()


def _detections(feedback: Feedback) -> list[dict[str, object]]:
    """Return the boxes that were shown, each with the verdict on it."""
    shown = feedback.detections.above(feedback.threshold)
    verdicts = {verdict.index: verdict for verdict in feedback.verdicts}
    boxes = []
    for row, phrase_index in enumerate(shown.phrase_index.tolist()):
        phrase = feedback.prompt.phrases[phrase_index]
        verdict = verdicts.get(row)
        boxes.append(
            {
                "phrase": phrase.text,
                "phrase_index": phrase_index,
                "span": [phrase.start, phrase.end],
                "score": float(shown.scores[row]),
                "box": shown.xyxy[row].tolist(),
                "verdict": verdict.verdict.value if verdict else None,
                "right_phrase": verdict.phrase or None if verdict else None,
            }
        )
    return boxes


def _missed(feedback: Feedback) -> list[dict[str, object]]:
    return [{"phrase": missed.phrase, "box": list(missed.xyxy)} for missed in feedback.missed]


_DETECTION = {
    "phrase": _KEYWORD,
    "phrase_index": _INTEGER,
    "span": _INTEGER,  # two numbers, as `box` is four: every field may hold several
    "score": _FLOAT,
    "box": _FLOAT,
    "verdict": _KEYWORD,
    "right_phrase": _KEYWORD,
}
_TIMINGS = dict.fromkeys(("queue_ms", "prepare_ms", "model_ms", "total_ms"), _FLOAT)

FIELDS: Mapping[str, Field] = {
    "id": Field(_KEYWORD, lambda feedback: feedback.id),
    "edit": Field(_INTEGER, lambda feedback: feedback.edit),
    "schema_version": Field(_INTEGER, lambda feedback: feedback.schema),
    "timestamp": Field(_DATE, lambda feedback: feedback.at.isoformat(timespec="microseconds")),
    "user": Field(_KEYWORD, lambda feedback: feedback.user),
    "role": Field(_KEYWORD, lambda feedback: feedback.role.value),
    "session_id": Field(_KEYWORD, lambda feedback: feedback.session_id),
    "result_id": Field(_KEYWORD, lambda feedback: feedback.result_id),
    "language": Field(_KEYWORD, lambda feedback: feedback.language),
    "input_image": Field(_KEYWORD, lambda feedback: feedback.image_digest),
    "image_size": Field(_INTEGER, lambda feedback: list(feedback.size_wh)),
    "image_kept": Field(_BOOLEAN, lambda feedback: feedback.image_kept),
    "input_text": Field(
        _TEXT | {"fields": {"keyword": _KEYWORD}}, lambda feedback: feedback.prompt.text
    ),
    "model_id": Field(_KEYWORD, lambda feedback: feedback.model_id),
    "revision": Field(_KEYWORD, lambda feedback: feedback.revision),
    "variant": Field(_KEYWORD, lambda feedback: feedback.variant),
    "threshold": Field(_FLOAT, lambda feedback: feedback.threshold),
    "detection_results": Field({"type": "nested", "properties": _DETECTION}, _detections),
    "missed_boxes": Field(
        {"type": "nested", "properties": {"phrase": _KEYWORD, "box": _FLOAT}}, _missed
    ),
    "rating": Field(_INTEGER, lambda feedback: feedback.rating),
    "comments": Field(_TEXT, lambda feedback: feedback.comment),
    "timings": Field({"properties": _TIMINGS}, lambda feedback: asdict(feedback.timings)),
    # Both texts for the search that finds any part of them; Lucene's limit of 32,766 bytes is
    # far: 2,500 code points are at most 15,000 bytes when folded.
    "folded_texts": Field(
        _KEYWORD | {"doc_values": False},
        lambda feedback: [folded(feedback.prompt.text), folded(feedback.comment)],
    ),
    "record": Field(_UNSEARCHED, encode_feedback),
}


def mapping() -> dict[str, Any]:
    """Return the index's mapping; a field it does not know is an error, never a guess."""
    return {
        "dynamic": "strict",
        "properties": {name: dict(field.mapping) for name, field in FIELDS.items()},
    }
