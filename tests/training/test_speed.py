"""Latency is measured on pictures the detector has not seen."""

from itertools import islice

from tests.models.nano.builders import build_tiny_detector
from training.annotations import load_questions
from training.speed import EXAMPLES, shift_all, time_each


def test_every_picture_is_new_and_takes_time() -> None:
    bundled = list(load_questions(EXAMPLES))[:2]
    questions = list(islice(shift_all(bundled), 5))
    assert len({question.image.digest for question in questions}) >= 3
    spent = time_each(build_tiny_detector(), questions)
    assert spent.shape == (5, 2)
    assert (spent[:, 0] > 0).all()
