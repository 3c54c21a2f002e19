"""A few steps of training: a killed run goes on as if nothing had happened."""

import json
from pathlib import Path

import pytest
import torch

from models.nano.weights import load_weights
from tests.training.builders import needs_font
from training.journal import METRICS_FILE
from training.schedule import Schedule
from training.trainer import WEIGHTS_FILE, Trainer, TrainingPlan

pytestmark = needs_font


def train(run_dir: Path, *, max_steps: int, init: Path | None = None) -> Trainer:
    run_dir.mkdir(exist_ok=True)
    plan = TrainingPlan(
        run_dir=run_dir,
        minutes=1e6,
        processes=1,
        scenes=2,
        workers=0,
        extra_names=4,
        validation_batches=0,
        max_steps=max_steps,
        init=init,
        schedule=Schedule(warm_up_steps=2, sides=((0.0, 64),)),
    )
    trainer = Trainer(plan, rank=0)
    trainer.train()
    return trainer


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    return train(tmp_path_factory.mktemp("straight"), max_steps=3)


def test_a_resumed_run_equals_one_that_was_never_stopped(straight: Trainer, tmp_path: Path) -> None:
    train(tmp_path, max_steps=2)
    resumed = train(tmp_path, max_steps=3)
    assert (resumed.step, resumed.seen) == (straight.step, straight.seen) == (3, 6)
    for one, other in zip(resumed.network.parameters(), straight.network.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)


def test_a_run_leaves_weights_another_run_can_start_from(straight: Trainer, tmp_path: Path) -> None:
    weights = straight.plan.run_dir / WEIGHTS_FILE
    started = Trainer(TrainingPlan(run_dir=tmp_path, minutes=1, processes=1, init=weights), rank=0)
    assert started.step == 0
    assert started.tokenizer_json == load_weights(weights).tokenizer_json
    mean = dict(straight.ema.network.named_parameters())
    for name, param in started.network.named_parameters():
        torch.testing.assert_close(param, mean[name], rtol=1e-3, atol=1e-4)


def test_training_writes_what_it_measures(tmp_path: Path) -> None:
    trainer = train(tmp_path, max_steps=0)
    trainer._record({"loss": 1.5})
    line = json.loads((tmp_path / METRICS_FILE).read_text("utf-8"))
    assert line["loss"] == 1.5
    assert line["seen"] == 0
