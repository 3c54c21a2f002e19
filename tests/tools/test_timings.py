"""The small things are quick. On quiet cores: a busy machine says nothing about them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISES = {
    "ready within 8 s": ("tools.time_start", "--rounds", "3", "--assert-s", "8"),
    "a cache hit within 10 ms over a bare endpoint": (
        "tools.bench_cache_hit", "--rounds", "100", "--assert-ms", "10",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("words", PROMISES.values(), ids=PROMISES.keys())
def test_a_promise_is_kept(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
