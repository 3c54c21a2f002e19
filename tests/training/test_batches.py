"""Batches: they follow from seed and step, and their parts fit together."""

import pytest
import torch

from tests.training.builders import learn_tokenizer, needs_font
from training.batches import Batch, BatchMaker, BatchPlan

pytestmark = needs_font
PLAN = BatchPlan(seed=3, side=96, scenes=3, phrases=6, extra_names=5)


@pytest.fixture(scope="module")
def batch() -> Batch:
    return BatchMaker(PLAN, learn_tokenizer()).make(4)


def test_equal_steps_give_equal_batches(batch: Batch) -> None:
    again = BatchMaker(PLAN, learn_tokenizer()).make(4)
    assert all(map(torch.equal, batch, again))


def test_another_step_gives_another_batch(batch: Batch) -> None:
    other = BatchMaker(PLAN, learn_tokenizer()).make(5)
    assert not torch.equal(batch.images, other.images)


def test_every_row_points_at_a_text(batch: Batch) -> None:
    assert batch.phrases.max() < len(batch.tokens)
    assert batch.names.max() < len(batch.tokens)
    assert (batch.tokens[:, 0] > 0).all()


def test_every_thing_has_a_region_and_its_own_name_fits(batch: Batch) -> None:
    for scene, thing in batch.owners.tolist():
        assert (batch.assigned[scene] == thing).any()
    count = len(batch.owners)
    assert batch.excused.shape == (count, count + PLAN.extra_names)
    assert batch.excused.diagonal().all()
