"""What a run measures, kept beside it: JSON Lines, and by choice TensorBoard's files."""

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

METRICS_FILE = "metrics.jsonl"


class Journal:
    """Appends to ``METRICS_FILE`` of a run; everything stays on this machine."""

    def __init__(self, run_dir: Path, tensorboard: Path | None = None) -> None:
        """Open the journal; with ``tensorboard`` the package of that name must be installed."""
        self._file = run_dir / METRICS_FILE
        self._writer: Any = None
        if tensorboard:
            self._writer = import_module("torch.utils.tensorboard").SummaryWriter(str(tensorboard))

    def write(self, place: Mapping[str, float], figures: Mapping[str, float]) -> None:
        """Add named figures at a place in the run (``step``, ``seen``, ``elapsed_s``)."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**place, **figures}) + "\n")
        if self._writer is not None:
            for name, value in figures.items():
                self._writer.add_scalar(name, value, int(place["step"]))
            self._writer.flush()

    def close(self) -> None:
        """Close what is open."""
        if self._writer is not None:
            self._writer.close()
