"""Turns a run's weights into the shipped file: ``python -m training.calibrate --run runs/nano``.

Fits, on scenes held out from everything else, the probability that a box is right; the default
threshold is where precision meets recall.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.nano.load import build_nano
from models.nano.weights import WEIGHTS_FILE, Calibration, load_weights, save_weights
from training.annotations import FreshScenes
from training.corpus import list_unsplittable
from training.evaluate import ask_all
from training.metrics import Query, count_at, match

CALIBRATION_SEED = 77
NEWTON_STEPS = 25


def fit(scores: NDArray[np.float64], is_hit: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of the logistic curve over the logit of raw scores (N,), by Newton steps."""
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    x = np.stack([np.log(clipped / (1 - clipped)), np.ones_like(clipped)], 1)
    weights = np.array([1.0, 0.0])
    for _ in range(NEWTON_STEPS):
        said = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (said - is_hit) + 1e-3 * weights
        curve = (x * (said * (1 - said))[:, None]).T @ x + 1e-3 * np.eye(2)
        weights = weights - np.linalg.solve(curve, slope)
    return float(weights[0]), float(weights[1])


def find_balance(queries: Sequence[Query]) -> float:
    """The threshold, to a hundredth, where precision and recall differ the least."""
    candidates = np.arange(0.1, 0.91, 0.01)
    return float(round(min(candidates, key=lambda at: _imbalance(queries, at)), 2))


def _imbalance(queries: Sequence[Query], threshold: float) -> float:
    hits, answers, truths = count_at(queries, threshold)
    return abs(hits / max(answers, 1) - hits / max(truths, 1))


def calibrate(queries: Sequence[Query]) -> Calibration:
    """Fit curve and threshold on queries answered with raw scores."""
    scores = np.concatenate([query.scores for query in queries]).astype(np.float64)
    is_hit = np.concatenate([match(query, 0.5) for query in queries])
    curve = Calibration(*fit(scores, is_hit))
    shown = [replace(query, scores=curve.apply_to_array(query.scores)) for query in queries]
    return replace(curve, threshold=find_balance(shown))


def main() -> None:
    """Read the command line, calibrate, write the shipped file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("runs/nano"), help="folder of the run")
    parser.add_argument("--out", type=Path, default=WEIGHTS_FILE)
    parser.add_argument("--scenes", type=int, default=200)
    given = parser.parse_args()
    weights = load_weights(given.run / "glip-nano.safetensors")
    detector = build_nano(replace(weights, calibration=Calibration()), "cpu")
    answers = ask_all(detector, FreshScenes().draw(CALIBRATION_SEED, given.scenes))
    calibration = calibrate([one.query for one in answers.answered])
    print(calibration, file=sys.stderr)
    save_weights(
        given.out,
        weights.tensors,
        tokenizer_json=weights.tokenizer_json,
        vocabulary=list_unsplittable(),
        calibration=calibration,
    )


if __name__ == "__main__":
    main()
