"""The figures of the model card, on as many scenes as it states. Minutes: `make test-slow`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.builders import needs_font

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, needs_font]


def test_the_shipped_weights_keep_their_promise_on_500_fresh_scenes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "training.evaluate", "--scenes", "500", "--seed", "2026", "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    figures = json.loads(done.stdout)
    languages = figures["by_language"]
    assert figures["ap50"] >= 0.94
    assert figures["ap"] >= 0.76
    assert abs(languages["en"]["ap50"] - languages["zh"]["ap50"]) <= 0.02
    assert figures["by_kind"]["group"]["ap50"] >= 0.80
    assert figures["absent_with_box"] <= 0.06
