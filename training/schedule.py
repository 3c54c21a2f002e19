"""What the share of the time budget that is used up decides: learning rate and input side."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Warm-up, constant, then linear to a hundredth; the input side grows by the way."""

    peak: float = 2e-3
    warm_up_steps: int = 100
    decay_from: float = 0.5
    sides: tuple[tuple[float, int], ...] = ((0.0, 160), (0.25, 192), (0.6, 256))

    @classmethod
    def continued(cls) -> Self:
        """For a run that starts from trained weights: the final side only, an earlier decay."""
        return cls(warm_up_steps=60, decay_from=0.4, sides=((0.0, 256),))

    def learning_rate(self, progress: float, step: int) -> float:
        """For a used share of the budget in 0…1 and the steps since the optimiser was fresh."""
        warm_up = min(1.0, (step + 1) / self.warm_up_steps)
        left = (1 - min(progress, 1.0)) / (1 - self.decay_from)
        return self.peak * warm_up * max(0.01, min(1.0, left))

    def side(self, progress: float) -> int:
        """Input side in pixels."""
        return [side for start, side in self.sides if progress >= start][-1]
