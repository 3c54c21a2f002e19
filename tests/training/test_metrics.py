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


@pytest.mark.parametrize("seed", range(3))
def test_average_precision_equals_that_of_pycocotools(seed: int) -> None:
    """Each query becomes a picture of one category, as COCO would count it."""
    coco = pytest.importorskip("pycocotools.coco")
    cocoeval = pytest.importorskip("pycocotools.cocoeval")
    queries = draw_queries(np.random.default_rng(seed))
    truth, answers = coco.COCO(), []
    truth.dataset = {"images": [], "annotations": [], "categories": [{"id": 1}]}
    for number, one in enumerate(queries, 1):
        truth.dataset["images"].append({"id": number})
        for box in as_xywh(one.truth):
            entry = {"image_id": number, "category_id": 1, "bbox": box, "area": box[2] * box[3]}
            entry |= {"id": len(truth.dataset["annotations"]) + 1, "iscrowd": 0}
            truth.dataset["annotations"].append(entry)
        for box, score in zip(as_xywh(one.xyxy), one.scores.tolist(), strict=True):
            answers.append({"image_id": number, "category_id": 1, "bbox": box, "score": score})
    truth.createIndex()
    judge = cocoeval.COCOeval(truth, truth.loadRes(answers), "bbox")
    judge.evaluate()
    judge.accumulate()
    precision = judge.eval["precision"][:, :, 0, 0, -1]  # overlap x recall, all areas, 100 boxes
    assert measure_mean_ap(queries) == pytest.approx(float(precision.mean()), abs=1e-6)
    assert measure_ap(queries, 0.5) == pytest.approx(float(precision[0].mean()), abs=1e-6)


def draw_queries(rng: np.random.Generator) -> list[Query]:
    """Sixty queries, a third of them absent, answered with shifted boxes and stray ones."""
    queries = []
    for number in range(60):
        low = rng.uniform(0, 60, (0 if number % 3 == 0 else int(rng.integers(1, 4)), 2))
        truth = np.concatenate([low, low + rng.uniform(15, 40, low.shape)], 1)
        stray = np.array([[5.0, 5, 30, 30]])
        shown = np.concatenate([truth + rng.normal(0, 2, truth.shape), stray])
        shown = shown[rng.random(len(shown)) < 0.8]
        scores = rng.permutation(1000)[: len(shown)] / 1000 + number / 1e6
        queries.append(Query(*(np.asarray(part, np.float32) for part in (truth, shown, scores))))
    return queries


def as_xywh(boxes: np.ndarray) -> list[list[float]]:
    return [[x1, y1, x2 - x1, y2 - y1] for x1, y1, x2, y2 in boxes.tolist()]
