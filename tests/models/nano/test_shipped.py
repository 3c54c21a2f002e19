"""The weights that ship: known answers on the bundled scenes, quality on fixed fresh ones."""

import time
from pathlib import Path

import pytest

from models.nano import NanoDetector, load_nano
from models.nano.weights import WEIGHTS_FILE
from tests.training.builders import needs_font
from training.annotations import FreshScenes, load_questions
from training.evaluate import ask_all, report
from training.metrics import Query, match

EXAMPLES = Path(__file__).parents[3] / "examples"
REACHED_AP50 = 0.948  # on 500 fresh scenes, docs/model-card.md
MARGIN = 0.08


@pytest.fixture(scope="module")
def detector() -> NanoDetector:
    return load_nano("cpu")


def test_the_file_fits_and_loads_quickly() -> None:
    assert WEIGHTS_FILE.stat().st_size <= 12 * 2**20
    start = time.perf_counter()
    assert load_nano("cpu").model_id == "glip-nano"
    assert time.perf_counter() - start < 10  # under two seconds on an idle machine


def test_the_card_speaks_both_languages(detector: NanoDetector) -> None:
    assert detector.card.languages == ("en", "zh")
    assert set(detector.card.knows) == {"en", "zh"}
    assert detector.card.score_floor < detector.card.default_threshold < 0.9
    assert "bow and arrow" in detector.vocabulary


def test_the_bundled_scenes_are_answered_as_drawn(detector: NanoDetector) -> None:
    answers = ask_all(detector, load_questions(EXAMPLES / "annotations.jsonl"))
    threshold = detector.card.default_threshold
    wrong = [one.query for one in answers.answered if not is_answered(one.query, threshold)]
    assert wrong == []


def is_answered(query: Query, threshold: float) -> bool:
    """Every true box is shown, and nothing else."""
    shown = query.scores >= threshold
    return bool(shown.sum() == len(query.truth) and match(query, 0.5)[shown].all())


@needs_font
def test_fixed_fresh_scenes_are_answered_nearly_as_well_as_the_card_says(
    detector: NanoDetector,
) -> None:
    answers = ask_all(detector, FreshScenes().draw(seed=40, count=40))
    figures = report(answers, detector.card.default_threshold)
    assert figures["ap50"] >= REACHED_AP50 - MARGIN
