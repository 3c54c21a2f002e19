"""`cli.py bench`."""

from pathlib import Path

from tests.commands.calls import call


def test_bench_compares_two_ways_twice(tmp_path: Path) -> None:
    result = call(tmp_path, "bench", "--rounds", "1", "--questions", "2")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("×") == 2
