"""Batches: they follow from seed and step, and their parts fit together."""

import numpy as np
import pytest
import torch

from tests.training.builders import learn_tokenizer, needs_font, place
from training.batches import USUAL_PHRASES, Batch, BatchMaker, BatchPlan
from training.scenes import USUAL_THINGS
from training.words import GROUPS, load_words

pytestmark = needs_font
PLAN = BatchPlan(seed=3, side=96, scenes=3, phrases=6, most_things=6, extra_names=5)


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


def test_the_usual_plan_asks_as_evaluation_does() -> None:
    usual = BatchPlan.usual(3, side=96)
    assert not usual.is_hard
    assert (usual.phrases, usual.most_things) == (USUAL_PHRASES, USUAL_THINGS)


def test_a_group_word_names_all_of_its_group() -> None:
    maker = BatchMaker(PLAN, learn_tokenizer())
    rng, words = np.random.default_rng(0), load_words()
    named = [maker._name(rng, place("dog")) for _ in range(80)]
    members = [fits for text, fits, _ in named if text in GROUPS["animal"]]
    assert 0 < len(members) < 30
    animals = [thing.group == "animal" for thing in words.things]
    assert all(fits.tolist() == animals for fits in members)
