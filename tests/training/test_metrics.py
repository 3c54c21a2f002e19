"""Average precision on cases small enough to do by hand."""

import numpy as np
import pytest

from training.metrics import Query, count_at, measure_ap, measure_mean_ap

A, B = [0, 0, 10, 10], [20, 20, 30, 30]


def query(truth: list[list[int]], answers: list[tuple[list[int], float]]) -> Query:
    return Query(
        np.array(truth, np.float32).reshape(-1, 4),
        np.array([box for box, _ in answers], np.float32).reshape(-1, 4),
        np.array([score for _, score in answers], np.float32),
    )


@pytest.mark.parametrize(
    ("queries", "ap"),
    [
        pytest.param([query([A, B], [(A, 0.9), (B, 0.8)])], 1.0, id="all found"),
        pytest.param([query([A, B], [(A, 0.9)])], 51 / 101, id="half found: recalls 0 to 0.50"),
        pytest.param([query([A], [(B, 0.9), (A, 0.8)])], 0.5, id="a wrong one first"),
        pytest.param([query([A], [(A, 0.9), (A, 0.8)])], 1.0, id="a second box of a found thing"),
        pytest.param(
            [query([A], [(A, 0.8)]), query([], [(B, 0.9)])], 0.5, id="an absent phrase fires"
        ),
        pytest.param([query([A], [])], 0.0, id="nothing answered"),
        pytest.param([query([], [(A, 0.9)])], 0.0, id="nothing to find"),
    ],
)
def test_ap50(queries: list[Query], ap: float) -> None:
    assert measure_ap(queries, 0.5) == pytest.approx(ap)


def test_mean_ap_counts_only_the_overlaps_a_box_reaches() -> None:
    loose = query([A], [([0, 0, 10, 13], 0.9)])  # overlap 0.77: right up to 0.75
    assert measure_mean_ap([loose]) == pytest.approx(0.6)


def test_count_at_a_threshold() -> None:
    queries = [query([A, B], [(A, 0.9), (B, 0.3)]), query([], [(A, 0.6)])]
    assert count_at(queries, 0.5) == (1, 2, 2)
