"""Measure serving side by side: answers from the cache and new ones, batches and singles.

    python -m tools.bench_serving [--model glip-nano] [--rounds 5] [--questions 16]

Both sides of a comparison take turns in one process, so that a busy machine slows both alike.
"""

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from PIL import Image

from accounts.asker import Asker
from accounts.limits import LimitRules, Limits
from accounts.user import Role, User
from detection.detector import Detector
from detection.query import DetectionForm
from feedback.results import ResultStore
from models.registry import NAMES, build_detector
from monitoring.metrics import Metrics
from serving.limits import ServingLimits
from serving.service import DetectionService
from utils.clock import SystemClock

ASKER = Asker(
    user=User("bench", Role.ADMIN),
    session_id="0" * 32,
    address="127.0.0.1",
    has_cookie=True,
    language="en",
)
PROMPT = "a red circle . the blue square"
_numbers = count()


@dataclass(frozen=True)
class Comparison:
    """Milliseconds of the same rounds done in two ways, the slow way first."""

    slow_ms: list[float]
    fast_ms: list[float]

    def __str__(self) -> str:
        """Both medians and their ratio, with the spread of the rounds' own ratios."""
        ratios = [one / other for one, other in zip(self.slow_ms, self.fast_ms, strict=True)]
        return (
            f"{statistics.median(self.slow_ms):>9.1f} ms{statistics.median(self.fast_ms):>9.1f} ms"
            f"   ×{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def new_question(size: int = 320) -> DetectionForm:
    """Return a question about a picture nobody has asked about."""
    pixels = np.random.default_rng(next(_numbers)).integers(0, 255, (size, size, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG")
    return DetectionForm(buffer.getvalue(), PROMPT)


@contextmanager
def service_of(detector: Detector, folder: Path, **sizes: int) -> Iterator[DetectionService]:
    """Serve the detector with room for everything the measurement asks."""
    clock, metrics = SystemClock(), Metrics()
    results = ResultStore(folder / f"{next(_numbers)}.sqlite3", clock=clock)
    plenty = LimitRules(detect="1000000/minute", detect_address="1000000/minute")
    service = DetectionService(
        limits=Limits(plenty, clock=clock, metrics=metrics),
        results=results,
        metrics=metrics,
        clock=clock,
        default_model=detector.model_id,
        serving_limits=ServingLimits(pool_queue=1000, model_queue=1000, deadline_s=600, **sizes),
    )
    service.plug(detector)
    yield service
    service.close(5)
    results.close()


def milliseconds(step: Callable[[], object]) -> float:
    """Return how long one step takes."""
    started = time.perf_counter()
    step()
    return (time.perf_counter() - started) * 1000


def ask(service: DetectionService, *forms: DetectionForm) -> None:
    """Ask everything at once and wait for the last answer."""
    for future in [service.submit(form, ASKER) for form in forms]:
        future.result()


def compare_cache(service: DetectionService, rounds: int) -> tuple[list[float], list[float]]:
    """Return the times of new questions, and of the same questions asked again."""
    new, again = [], []
    for _ in range(rounds):
        form = new_question()
        new.append(milliseconds(lambda form=form: ask(service, form)))  # type: ignore[misc] # bound now
        again.append(milliseconds(lambda form=form: ask(service, form)))  # type: ignore[misc] # likewise
    return new, again


def compare_batches(
    single: DetectionService, batched: DetectionService, rounds: int, questions: int
) -> tuple[list[float], list[float]]:
    """Return the times of `questions` new questions at once, one by one and in batches."""
    sides: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for service, times in zip((single, batched), sides, strict=True):
            forms = [new_question() for _ in range(questions)]
            times.append(milliseconds(lambda: ask(service, *forms)))  # noqa: B023 -- called at once
    return sides


def measure(detector: Detector, *, rounds: int, questions: int) -> tuple[Comparison, Comparison]:
    """Compare new questions with the same asked again, and one by one with batches."""
    with (
        tempfile.TemporaryDirectory() as folder,
        service_of(detector, Path(folder), max_batch=1) as single,
        service_of(detector, Path(folder), max_batch=8) as batched,
    ):
        ask(single, new_question())  # the first run of a network is slower than all others
        ask(batched, *(new_question() for _ in range(8)))
        return (
            Comparison(*compare_cache(batched, rounds)),
            Comparison(*compare_batches(single, batched, rounds, questions)),
        )


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=NAMES, default=NAMES[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--questions", type=int, default=16)
    options = parser.parse_args()
    cache, batches = measure(
        build_detector(options.model), rounds=options.rounds, questions=options.questions
    )
    print(f"{'new / asked again':<28}{cache}")
    print(f"{f'{options.questions} one by one / in batches':<28}{batches}")


if __name__ == "__main__":
    main()
