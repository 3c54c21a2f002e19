"""Label Studio: a task a rating, the model's boxes as predictions, corrections as annotations.

Corners are in per cent of the picture. The labelling interface they fit is in `docs/export.md`.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from feedback.export.chunks import dump_array
from feedback.export.judged import clipped, is_judged, name_of, shown_boxes, true_boxes
from feedback.export.pictures import file_name_of
from feedback.export.provenance import Provenance
from feedback.record import Feedback, Xyxy

Size = tuple[int, int]
Facts = Mapping[str, object]
KEPT = (
    "/data/local-files/?d=kept/"  # Label Studio's own address of local files, below GLIP_DATA_DIR
)


def write_label_studio(records: Iterable[Feedback], provenance: Provenance) -> Iterator[bytes]:
    """Yield a JSON array of tasks; each carries the provenance in its `meta`."""
    meta = {"glip_export": provenance.facts()}
    numbered = enumerate(records, 1)
    yield from dump_array(
        {"id": number, **_task(feedback), "meta": meta} for number, feedback in numbered
    )
    yield b"\n"


def _task(feedback: Feedback) -> Facts:
    boxes = ((box.phrase, box.xyxy, box.score) for box in shown_boxes(feedback))
    found = [_region(*box, feedback.size_wh) for box in boxes]
    version = f"{feedback.model_id} {feedback.revision} ({feedback.variant})"
    return {
        "data": _data(feedback),
        "predictions": [{"model_version": version, "result": _numbered(found, "p")}],
        "annotations": [_annotation(feedback)] if is_judged(feedback) else [],
    }


def _data(feedback: Feedback) -> Facts:
    return {
        "image": KEPT + file_name_of(feedback.image_digest),
        "image_kept": feedback.image_kept,
        "image_sha256": feedback.image_digest,
        "labels": [{"value": name} for name in _names(feedback)],
        "prompt": feedback.prompt.text,
        "rating": feedback.rating,
        "comment": feedback.comment,
        "feedback_id": feedback.id,
        "session_id": feedback.session_id,
        "user": feedback.user,
        "threshold": feedback.threshold,
        "language": feedback.language,
    }


def _names(feedback: Feedback) -> Iterable[str]:
    """The labels one may choose from: the phrases of the prompt, and those of corrections."""
    asked = (phrase.text for phrase in feedback.prompt.phrases)
    said = (box.phrase for box in true_boxes(feedback))
    return dict.fromkeys(map(name_of, chain(asked, said)))


def _annotation(feedback: Feedback) -> Facts:
    """Only what somebody said: what nobody judged stands among the predictions alone."""
    regions = [
        _region(box.phrase, box.xyxy, None, feedback.size_wh) for box in true_boxes(feedback)
    ]
    return {
        "result": _numbered(regions, "a"),
        "created_at": feedback.at.isoformat(),
        "ground_truth": False,
    }


def _numbered(regions: Iterable[Facts | None], prefix: str) -> list[Facts]:
    there = (region for region in regions if region is not None)
    return [{"id": f"{prefix}{number}", **region} for number, region in enumerate(there)]


def _region(phrase: str, xyxy: Xyxy, score: float | None, size_wh: Size) -> Facts | None:
    corners = clipped(xyxy, size_wh)
    if corners is None:
        return None
    (x1, y1, x2, y2), (width, height) = corners, size_wh
    region: dict[str, object] = {
        "from_name": "label",
        "to_name": "image",
        "type": "rectanglelabels",
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
        "value": {
            "x": 100 * x1 / width,
            "y": 100 * y1 / height,
            "width": 100 * (x2 - x1) / width,
            "height": 100 * (y2 - y1) / height,
            "rotation": 0,
            "rectanglelabels": [name_of(phrase)],
        },
    }
    return region if score is None else region | {"score": round(score, 4)}
