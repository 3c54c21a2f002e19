import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.prompt import Phrase, Prompt
from detection.result import Detections
from feedback.codec import (
    decode_detections,
    decode_feedback,
    decode_prompt,
    decode_result,
    encode_detections,
    encode_feedback,
    encode_prompt,
    encode_result,
)
from tests.feedback.samples import MISSED, VERDICTS, some_detections, some_feedback, some_result


def test_a_result_survives_json_exactly() -> None:
    result = some_result()
    assert decode_result(json.loads(json.dumps(encode_result(result)))) == result


@pytest.mark.parametrize(
    "changes",
    [{}, {"rating": None, "verdicts": VERDICTS, "missed": MISSED, "image_kept": True}],
    ids=["stars", "boxes"],
)
def test_an_opinion_survives_json_exactly(changes: dict[str, Any]) -> None:
    feedback = some_feedback(**changes)
    assert decode_feedback(json.loads(json.dumps(encode_feedback(feedback)))) == feedback


@pytest.mark.parametrize(
    "detections",
    [some_detections(0, 3), some_detections(1, 1), some_detections(50, 7), Detections.empty(4)],
    ids=["no box", "one", "many", "empty"],
)
def test_detections_survive_json_bit_by_bit(detections: Detections) -> None:
    decoded = decode_detections(json.loads(json.dumps(encode_detections(detections))))
    assert decoded == detections
    assert decoded.phrase_count == detections.phrase_count


@settings(deadline=None)  # other work may share the machine
@given(st.text(min_size=1, max_size=40), st.integers(0, 39), st.integers(0, 39))
def test_any_prompt_survives_json(text: str, one: int, other: int) -> None:
    start, end = sorted((one, other))
    prompt = Prompt(text, (Phrase(text[start:end], start, end),), text.lower(), ((start, end),))
    assert decode_prompt(json.loads(json.dumps(encode_prompt(prompt)))) == prompt
