"""CSV for spreadsheets: a row a rating, boxes as JSON in one cell, no cell a formula.

The first row carries the provenance in its last cell.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from feedback.export.cells import guard
from feedback.export.judged import ShownBox, rounded, shown_boxes
from feedback.export.provenance import Provenance
from feedback.record import Feedback

COLUMNS = (
    *("id", "edit", "at", "user", "role", "session_id", "result_id", "rating", "comment"),
    *("prompt", "phrases", "boxes", "missed", "threshold", "model_id", "revision", "variant"),
    *("image_sha256", "width", "height", "image_kept", "language"),
    *("queue_ms", "prepare_ms", "model_ms", "total_ms", "schema", "export"),
)
BOM = "\ufeff"  # tells Excel that the file is UTF-8
_AS_THEY_ARE = (
    *("id", "edit", "user", "session_id", "result_id", "rating", "comment", "threshold"),
    *("model_id", "revision", "variant", "language", "schema"),
)


def write_table(records: Iterable[Feedback], provenance: Provenance) -> Iterator[bytes]:
    """Yield UTF-8: a header, then one row a rating (RFC 4180, so line breaks stay as they are)."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, COLUMNS, restval="")
    text.write(BOM)
    rows.writeheader()
    export = _json(provenance.facts())
    for feedback in records:
        row = _row(feedback) | {"export": export}
        rows.writerow({name: _cell(value) for name, value in row.items()})
        export = ""
        yield _take(text)
    yield _take(text)


def _row(feedback: Feedback) -> dict[str, object]:
    timings, (width, height) = feedback.timings, feedback.size_wh
    return {name: getattr(feedback, name) for name in _AS_THEY_ARE} | {
        "at": feedback.at.isoformat(),
        "role": feedback.role.value,
        "prompt": feedback.prompt.text,
        "phrases": _json([phrase.text for phrase in feedback.prompt.phrases]),
        "boxes": _json([_box(box) for box in shown_boxes(feedback)]),
        "missed": _json(
            [{"phrase": box.phrase, "box": rounded(box.xyxy)} for box in feedback.missed]
        ),
        "image_sha256": feedback.image_digest,
        "width": width,
        "height": height,
        "image_kept": int(feedback.image_kept),
        "queue_ms": round(timings.queue_ms, 2),
        "prepare_ms": round(timings.prepare_ms, 2),
        "model_ms": round(timings.model_ms, 2),
        "total_ms": round(timings.total_ms, 2),
    }


def _box(box: ShownBox) -> Mapping[str, object]:
    facts: dict[str, object] = {
        "phrase": box.phrase,
        "span": box.span,
        "score": round(box.score, 4),
        "box": rounded(box.xyxy),
        "verdict": box.verdict,
    }
    return facts | ({"right_phrase": box.right_phrase} if box.right_phrase else {})


def _cell(value: object) -> object:
    return guard(value) if isinstance(value, str) else value


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _take(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken
