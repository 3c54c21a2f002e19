"""How long one picture takes on one core, and the memory it needs: ``python -m training.speed``.

The bundled scenes, each shifted so that none is known yet; prepare, network and read-out together.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from detection.detector import Detector
from detection.image import SourceImage
from detection.prompt import Prompt
from models.nano import load_nano
from models.nano.detector import SIDE
from training.annotations import Question, load_questions

EXAMPLES = Path(__file__).parents[1] / "examples" / "annotations.jsonl"
WARM_UP = 4


def shift_all(questions: Sequence[Question]) -> Iterator[Question]:
    """The questions without end, their pictures shifted by a column more each round."""
    for columns in count():
        for question in questions:
            pixels = np.roll(question.image.pixels, columns, 1)
            yield Question(SourceImage.from_pixels(pixels), question.prompt, question.phrases)


def time_each(detector: Detector, questions: Iterable[Question]) -> NDArray[np.float64]:
    """Milliseconds a picture by the clock and of this process's own work, (pictures, 2)."""
    spent = []
    for question in questions:
        prompt = Prompt.parse(question.prompt, detector.vocabulary)
        clock, work = time.perf_counter(), time.process_time()
        detector.detect_batch([detector.prepare(question.image, prompt)])
        spent.append((time.perf_counter() - clock, time.process_time() - work))
    return np.array(spent) * 1000


def main() -> None:
    """Read the command line, measure, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--side", type=int, default=SIDE, help="of the input, in pixels")
    given = parser.parse_args()
    torch.set_num_threads(1)
    pictures = islice(shift_all(list(load_questions(EXAMPLES))), WARM_UP + given.pictures)
    spent = time_each(load_nano("cpu", side=given.side), pictures)[WARM_UP:]
    clock, work = np.percentile(spent, [50, 10], axis=0).round(1).T.tolist()
    figures = {
        "side": given.side,
        "clock_ms": {"median": clock[0], "fastest_tenth": clock[1]},
        "own_work_ms": {"median": work[0], "fastest_tenth": work[1]},
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
