"""How good a detector is, by the product's own path: ``python -m training.evaluate --json``.

Without a file it asks about fresh scenes of a seed; ``--annotations FILE.jsonl`` asks about any
labelled pictures. With ``--json`` standard output is one JSON object, all else is standard error.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.detector import Detector
from detection.errors import BadPrompt
from detection.prompt import Phrase, Prompt
from detection.result import Detections
from models.registry import NAMES, build_detector
from training.annotations import FreshScenes, Labelled, Question, load_questions
from training.metrics import Query, count_at, measure_ap, measure_mean_ap

DEFAULT_SEED = 11
DEFAULT_SCENES = 500
DEFAULT_MODEL = "glip-nano"


@dataclass(frozen=True)
class Answered:
    """One labelled phrase with the answers it got."""

    query: Query
    kind: str
    language: str


@dataclass(frozen=True)
class Answers:
    """All labelled phrases of an evaluation, and what the answering took."""

    answered: tuple[Answered, ...]
    strays: int  # boxes of phrases the parser found and nobody labelled
    refused: int  # prompts the product does not take; their phrases count as unanswered
    latencies_ms: NDArray[np.float64]  # (pictures,), prepare and model together


def ask_all(detector: Detector, questions: Iterable[Question]) -> Answers:
    """Put each question to the detector as a user would, one at a time."""
    answered: list[Answered] = []
    latencies: list[float] = []
    strays = refused = 0
    for question in questions:
        try:
            prompt = Prompt.parse(question.prompt, detector.vocabulary)
        except BadPrompt:
            refused += 1
            nothing = Detections.empty(1)
            answered += [
                _collect(question.prompt, label, -1, nothing) for label in question.phrases
            ]
            continue
        start = time.perf_counter()
        (detections,) = detector.detect_batch([detector.prepare(question.image, prompt)])
        latencies.append((time.perf_counter() - start) * 1000)
        owners = [find_owner(label, prompt.phrases) for label in question.phrases]
        strays += int(np.isin(detections.phrase_index, owners, invert=True).sum())
        answered += [
            _collect(question.prompt, label, owner, detections)
            for label, owner in zip(question.phrases, owners, strict=True)
        ]
    return Answers(tuple(answered), strays, refused, np.array(latencies))


def find_owner(label: Labelled, phrases: Sequence[Phrase]) -> int:
    """Index of the parsed phrase that overlaps a labelled one the most, -1 when none does."""
    overlaps = [min(phrase.end, label.end) - max(phrase.start, label.start) for phrase in phrases]
    best = max(range(len(overlaps)), key=overlaps.__getitem__, default=-1)
    return best if best >= 0 and overlaps[best] > 0 else -1


def _collect(prompt: str, label: Labelled, owner: int, detections: Detections) -> Answered:
    rows = detections.phrase_index == owner
    query = Query(label.boxes, detections.xyxy[rows], detections.scores[rows])
    text = prompt[label.start : label.end]
    return Answered(query, label.kind, "en" if text.isascii() else "zh")


def report(answers: Answers, threshold: float) -> dict[str, Any]:
    """The figures of an evaluation at a threshold, ready for JSON."""
    answered = answers.answered
    queries = [one.query for one in answered]
    hits, shown, truths = count_at(queries, threshold)
    absent = [query for query in queries if len(query.truth) == 0]
    fired = sum(bool((query.scores >= threshold).any()) for query in absent)
    kinds = sorted({one.kind for one in answered})
    return {
        **_measure(queries),
        "by_language": {
            language: _measure([one.query for one in answered if one.language == language])
            for language in ("en", "zh")
        },
        "by_kind": {
            kind: _measure([one.query for one in answered if one.kind == kind]) for kind in kinds
        },
        "threshold": threshold,
        "precision": round(hits / max(shown, 1), 4),
        "recall": round(hits / max(truths, 1), 4),
        "absent_with_box": round(fired / max(len(absent), 1), 4),
        "stray_boxes": answers.strays,
        "refused_prompts": answers.refused,
        "pictures": len(answers.latencies_ms),
        "latency_ms": {
            "median": _percentile(answers.latencies_ms, 50),
            "p95": _percentile(answers.latencies_ms, 95),
        },
    }


def _percentile(values: NDArray[np.float64], share: float) -> float:
    """A percentile to one digit; 0 when nothing was measured."""
    return round(float(np.percentile(values, share)), 1) if values.size else 0.0


def _measure(queries: Sequence[Query]) -> dict[str, float]:
    return {
        "ap50": round(measure_ap(queries, 0.5), 4),
        "ap75": round(measure_ap(queries, 0.75), 4),
        "ap": round(measure_mean_ap(queries), 4),
        "phrases": len(queries),
        "boxes": sum(len(query.truth) for query in queries),
    }


def render_table(figures: dict[str, Any]) -> str:
    """The figures as lines of text."""
    rows = [("all", figures)]
    rows += list(figures["by_language"].items()) + list(figures["by_kind"].items())
    lines = [f"{'':14}{'AP50':>8}{'AP75':>8}{'AP':>8}{'phrases':>9}{'boxes':>7}"]
    lines += [
        f"{name:14}{row['ap50']:8.3f}{row['ap75']:8.3f}{row['ap']:8.3f}"
        f"{row['phrases']:9d}{row['boxes']:7d}"
        for name, row in rows
    ]
    rest = ("threshold", "precision", "recall", "absent_with_box", "stray_boxes", "latency_ms")
    return "\n".join([*lines, *(f"{key:16} {figures[key]}" for key in rest)])


def main() -> None:
    """Read the command line, evaluate, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotations", type=Path, help="labelled pictures, JSON Lines")
    parser.add_argument("--model", default=DEFAULT_MODEL, choices=NAMES)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--scenes", type=int, default=DEFAULT_SCENES, help="fresh scenes to draw")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--artwork", type=Path, help="folder of sprites for the fresh scenes")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    detector = build_detector(given.model, device=given.device)
    questions = (
        load_questions(given.annotations)
        if given.annotations
        else FreshScenes(given.artwork).draw(given.seed, given.scenes)
    )
    figures = report(ask_all(detector, questions), detector.card.default_threshold)
    figures = {"model_id": detector.model_id, "revision": detector.revision, **figures}
    if given.json:
        json.dump(figures, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        print(render_table(figures))


if __name__ == "__main__":
    main()
