"""Calibration recovers probabilities, and the threshold balances precision and recall."""

import numpy as np
import pytest

from training.calibrate import find_balance, fit
from training.metrics import Query

BOX = np.array([[0, 0, 10, 10]], np.float32)


def test_fit_recovers_the_curve_the_hits_were_drawn_from() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 20_000)
    is_hit = rng.random(20_000) < 1 / (1 + np.exp(-(2 * logits - 1)))
    slope, offset = fit(1 / (1 + np.exp(-logits)), is_hit)
    assert slope == pytest.approx(2, abs=0.1)
    assert offset == pytest.approx(-1, abs=0.1)


def test_the_balance_lies_where_misses_equal_false_alarms() -> None:
    def answer(score: float, *, is_true: bool) -> Query:
        return Query(BOX if is_true else BOX[:0], BOX, np.array([score], np.float32))

    right = [answer(score, is_true=True) for score in (0.3, 0.5, 0.7, 0.9)]
    wrong = [answer(score, is_true=False) for score in (0.2, 0.4, 0.45, 0.8)]
    threshold = find_balance([*right, *wrong])
    assert 0.4 < threshold <= 0.45
