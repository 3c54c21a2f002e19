import json
from typing import Any

import pytest

from detection.characters import is_refused
from detection.prompt import MAX_LENGTH
from feedback.elastic_fields import document_of, feedback_of, folded, mapping
from feedback.record import MAX_COMMENT, BoxVerdict, MissedBox, Verdict
from tests.feedback.samples import some_detections, some_feedback

# The names others build on, as docs/adr/0016 promises them.
PROMISED = {
    *("id", "edit", "schema_version", "timestamp", "user", "role", "session_id", "result_id"),
    *("language", "input_image", "image_size", "image_kept", "input_text", "model_id", "revision"),
    *("variant", "threshold", "detection_results", "missed_boxes", "rating", "comments", "timings"),
    *("folded_texts", "record"),
}
JUDGED = some_feedback(
    rating=None,
    verdicts=(
        BoxVerdict(index=0, verdict=Verdict.WRONG_LABEL, phrase="the cat"),
        BoxVerdict(index=1, verdict=Verdict.RIGHT),
    ),
    missed=(MissedBox(phrase="杯子", xyxy=(0.1, 1 / 3, 20.0, 30.0)),),
    detections=some_detections(4),
)


@pytest.mark.parametrize(
    "feedback",
    [some_feedback(), JUDGED, some_feedback(detections=some_detections(0))],
    ids=["rated", "judged", "no box"],
)
def test_a_rating_survives_its_document_exactly(feedback: Any) -> None:
    assert feedback_of(json.loads(json.dumps(document_of(feedback)))) == feedback


def test_the_mapping_is_strict_and_knows_every_field() -> None:
    assert mapping()["dynamic"] == "strict"
    assert set(mapping()["properties"]) == PROMISED == set(document_of(JUDGED))


def test_only_what_was_shown_is_indexed_with_its_verdict() -> None:
    boxes: Any = document_of(JUDGED)["detection_results"]
    assert len(boxes) == len(JUDGED.detections.above(JUDGED.threshold)) == 2
    verdicts = [(box["phrase"], box["verdict"], box["right_phrase"]) for box in boxes]
    assert verdicts == [("a dog", "wrong_label", "the cat"), ("红色杯子", "right", None)]
    assert [box["span"] for box in boxes] == [[0, 5], [8, 12]]


def test_the_longest_texts_fit_into_a_keyword() -> None:
    widest = max(
        len(folded(chr(code)).encode())
        for code in range(0x110000)
        if not 0xD800 <= code < 0xE000 and not is_refused(chr(code))
    )
    assert widest * max(MAX_COMMENT, MAX_LENGTH) < 32766
