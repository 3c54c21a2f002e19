"""A run's figures are kept, and TensorBoard can read them."""

import json
from pathlib import Path

import pytest

from training.journal import METRICS_FILE, Journal


def test_each_entry_is_a_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write({"step": 20, "seen": 640}, {"loss": 1.5})
    journal.write({"step": 40, "seen": 1280}, {"loss": 1.25})
    lines = (tmp_path / METRICS_FILE).read_text("utf-8").splitlines()
    assert [json.loads(line)["loss"] for line in lines] == [1.5, 1.25]


def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    journal = Journal(tmp_path, tmp_path / "board")
    journal.write({"step": 20, "seen": 640}, {"loss": 1.5})
    journal.close()
    board = accumulators.EventAccumulator(str(tmp_path / "board")).Reload()
    assert [(event.step, event.value) for event in board.Scalars("loss")] == [(20, 1.5)]
