from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from detection.prompt import Prompt
from detection.result import DetectionResult, Detections

SOUND: dict[str, Any] = {
    "xyxy": np.array([[0, 0, 4, 4], [1, 1, 5, 3]], np.float32),
    "scores": np.array([0.9, 0.5], np.float32),
    "phrase_index": np.array([1, 0], np.int64),
    "phrase_scores": np.array([[0.1, 0.9], [0.5, 0.2]], np.float32),
}


def test_the_arrays_are_copied_and_read_only() -> None:
    arrays = {name: array.copy() for name, array in SOUND.items()}
    detections = Detections(**arrays)
    for name, array in arrays.items():
        array[:] = 0
        kept = getattr(detections, name)
        np.testing.assert_array_equal(kept, SOUND[name])
        with pytest.raises(ValueError, match="read-only"):
            kept[:] = 0


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("xyxy", SOUND["xyxy"][:1], r"xyxy: expected float32 \(2, 4\), got float32 \(1, 4\)"),
        ("xyxy", SOUND["xyxy"].astype(float), "xyxy: expected float32 .* got float64"),
        ("xyxy", SOUND["xyxy"] * np.float32("nan"), "xyxy: expected finite"),
        ("xyxy", SOUND["xyxy"][:, [2, 1, 0, 3]], "xyxy: expected x1 < x2"),
        ("xyxy", SOUND["xyxy"][:, [0, 1, 2, 1]], "xyxy: expected x1 < x2 and y1 < y2"),
        ("scores", SOUND["scores"][::-1], "scores: expected descending"),
        ("scores", np.array([1.5, 0.5], np.float32), "scores: expected numbers in 0…1"),
        ("scores", np.array([np.nan, 0.5], np.float32), "scores: expected numbers in 0…1"),
        ("phrase_index", np.array([0, 2]), "phrase_index: expected 0…1"),
        ("phrase_index", np.array([-1, 0]), "phrase_index: expected 0…1"),
        ("phrase_index", np.array([0, 1], np.int32), "phrase_index: expected int64"),
        ("phrase_scores", SOUND["scores"], r"phrase_scores: expected shape \(N, P\)"),
        ("phrase_scores", -SOUND["phrase_scores"], "phrase_scores: expected numbers in 0…1"),
    ],
)
def test_what_is_off_is_refused_at_birth(name: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Detections(**{**SOUND, name: value})


def test_empty_is_a_value_that_knows_its_phrases() -> None:
    empty = Detections.empty(3)
    assert (len(empty), empty.phrase_count, empty.nbytes) == (0, 3, 0)
    assert empty == Detections.empty(3)
    assert empty != Detections.empty(2)
    assert empty.above(0.0) == empty


@pytest.mark.parametrize(
    ("threshold", "count"),
    [(0.0, 2), (0.5, 2), (0.51, 1), (0.9, 1), (0.91, 0), (1.0, 0)],
)
def test_a_threshold_is_a_view_that_keeps_what_reaches_it(threshold: float, count: int) -> None:
    detections = Detections(**SOUND)
    shown = detections.above(threshold)
    assert len(shown) == count
    assert shown.phrase_count == 2
    assert len(detections) == 2
    np.testing.assert_array_equal(shown.xyxy, SOUND["xyxy"][:count])


def test_ranked_sorts_by_score_and_leaves_out_what_has_no_inside() -> None:
    detections = Detections.ranked(
        xyxy=[[0, 0, 1, 1], [3, 3, 3, 9], [2, 2, 4, 4], [5, 5, 6, 6]],
        scores=[0.2, 0.9, 0.7, 0.7],
        phrase_index=[0, 1, 1, 0],
        phrase_scores=[[0.2, 0.1], [0.1, 0.9], [0.3, 0.7], [0.7, 0.3]],
        phrase_count=2,
    )
    assert detections.xyxy[:, 0].tolist() == [2, 5, 0]
    assert detections.phrase_index.tolist() == [1, 0, 0]
    assert detections.phrase_scores[0].tolist() == pytest.approx([0.3, 0.7])


def test_equality_is_by_value() -> None:
    assert Detections(**SOUND) == Detections(**SOUND)
    assert Detections(**SOUND) != Detections(**SOUND).above(0.6)
    assert Detections(**SOUND) != "detections"


def test_nbytes_counts_every_array() -> None:
    assert Detections(**SOUND).nbytes == 2 * (4 * 4 + 4 + 8 + 2 * 4)


@pytest.mark.parametrize(
    ("text", "at", "outcome"),
    [
        ("dog . cat", datetime(2026, 1, 1, tzinfo=UTC), nullcontext()),
        ("dog", datetime(2026, 1, 1, tzinfo=UTC), pytest.raises(ValueError, match="1 phrases")),
        ("dog . cat", datetime(2026, 1, 1), pytest.raises(ValueError, match="zone")),  # noqa: DTZ001 - the naive time is the case
    ],
    ids=["sound", "another prompt's detections", "a time without its zone"],
)
def test_a_result_s_parts_belong_together(
    text: str, at: datetime, outcome: nullcontext[None] | pytest.RaisesExc[ValueError]
) -> None:
    with outcome:
        result = DetectionResult(
            id="0" * 32,
            image_digest="1" * 64,
            size_wh=(8, 8),
            prompt=Prompt.parse(text),
            model_id="fake",
            revision="1",
            variant="default",
            detections=Detections(**SOUND),
            threshold=0.6,
            from_cache=False,
            at=at,
        )
        assert len(result.shown) == 1
