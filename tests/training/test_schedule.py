"""The schedule over the share of the budget."""

import pytest

from training.schedule import Schedule

SCHEDULE = Schedule(peak=1.0, warm_up_steps=10, decay_from=0.5, sides=((0, 160), (0.5, 256)))


@pytest.mark.parametrize(
    ("progress", "step", "rate"),
    [
        pytest.param(0.0, 0, 0.1, id="first step"),
        pytest.param(0.4, 99, 1.0, id="constant"),
        pytest.param(0.75, 99, 0.5, id="half of the decay"),
        pytest.param(1.0, 99, 0.01, id="end"),
        pytest.param(0.75, 4, 0.25, id="a fresh optimiser late in the budget"),
    ],
)
def test_learning_rate(progress: float, step: int, rate: float) -> None:
    assert SCHEDULE.learning_rate(progress, step) == pytest.approx(rate)


def test_a_continued_run_starts_at_the_final_side() -> None:
    assert Schedule.continued().side(0.0) == Schedule().side(1.0)


@pytest.mark.parametrize(("progress", "side"), [(0.0, 160), (0.49, 160), (0.5, 256), (1.0, 256)])
def test_side(progress: float, side: int) -> None:
    assert SCHEDULE.side(progress) == side
