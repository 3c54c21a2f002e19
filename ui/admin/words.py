"""Ratings in words and rows: numbers become text here and nowhere earlier. Knows no Gradio."""

from collections.abc import Sequence
from datetime import datetime

from detection.result import Detections
from feedback.archive import FeedbackSummary
from feedback.record import BoxVerdict, Feedback, Verdict
from texts import Language, say
from ui.admin.periods import spans_of

Row = tuple[str, ...]
Figure = tuple[str, str, str]  # name, value, note

_LONGEST_CELL = 140  # characters; the whole text stands in the opened rating
_NOTHING = "–"


def stars_of(rating: int | None) -> str:
    """The stars; empty where only boxes were judged."""
    return "" if rating is None else f"{rating} ★"


def moment_of(at: datetime) -> str:
    """A moment in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"


def cell_of(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CELL else f"{line[: _LONGEST_CELL - 1]}…"


def list_row(feedback: Feedback) -> Row:
    """One line of the list: stars, prompt, comment, boxes, user, time, model and variant."""
    return (
        stars_of(feedback.rating),
        cell_of(feedback.prompt.text),
        cell_of(feedback.comment),
        judged(feedback),
        feedback.user,
        moment_of(feedback.at),
        f"{feedback.model_id} · {feedback.variant}",
    )


def judged(feedback: Feedback) -> str:
    """What was said of the boxes, counted: "✓2 ×1 +1"."""
    right = sum(verdict.verdict is Verdict.RIGHT for verdict in feedback.verdicts)
    counts = (("✓", right), ("×", len(feedback.verdicts) - right), ("+", len(feedback.missed)))
    return " ".join(f"{sign}{count}" for sign, count in counts if count)


def box_rows(feedback: Feedback, language: Language) -> list[Row]:
    """One row a box that was shown, best score first, then what was missed, as it was drawn."""
    verdicts = {verdict.index: verdict for verdict in feedback.verdicts}
    shown = shown_of(feedback)
    rows = [
        (
            str(phrase_index + 1),
            feedback.prompt.phrases[phrase_index].text,
            f"{score:.2f}",
            _corners(xyxy),
            _verdict(verdicts.get(number), language),
        )
        for number, (phrase_index, score, xyxy) in enumerate(
            zip(
                shown.phrase_index.tolist(),
                shown.scores.tolist(),
                shown.xyxy.tolist(),
                strict=True,
            )
        )
    ]
    missed = say("admin.verdict_missed", language)
    return [*rows, *(("+", box.phrase, "", _corners(box.xyxy), missed) for box in feedback.missed)]


def shown_of(feedback: Feedback) -> Detections:
    """The boxes the asker saw."""
    return feedback.detections.above(feedback.threshold)


def fact_rows(feedback: Feedback, language: Language) -> list[Row]:
    """Everything else that is known, as names and values."""
    width, height = feedback.size_wh
    facts = {
        "model": feedback.model_id,
        "revision": feedback.revision,
        "variant": feedback.variant,
        "threshold": f"{feedback.threshold:.2f}",
        "picture": f"{width} × {height}",
        "digest": feedback.image_digest,
        "user": f"{feedback.user} ({feedback.role.value})",
        "session": feedback.session_id,
        "result": feedback.result_id,
        "id": feedback.id,
        "language": feedback.language,
        "time": f"{feedback.timings.total_ms:.0f} ms",
        "edit": str(feedback.edit),
    }
    return [(say(f"admin.fact_{name}", language), value) for name, value in facts.items()]


def figures_of(summary: FeedbackSummary, language: Language) -> list[Figure]:
    """The tiles above the charts."""
    rated = sum(summary.ratings.values())
    mean = sum(points * count for points, count in summary.ratings.items()) / max(rated, 1)
    good = summary.ratings[4] + summary.ratings[5]
    poor = summary.ratings[1] + summary.ratings[2]
    values = {
        "total": (f"{summary.total:,}", ""),
        "mean": (f"{mean:.2f}" if rated else _NOTHING, "★" if rated else ""),
        "good": (_share(good, rated), f"{good:,}"),
        "poor": (_share(poor, rated), f"{poor:,}"),
    }
    return [(say(f"admin.figure_{name}", language), *value) for name, value in values.items()]


def days_spoken(summary: FeedbackSummary, language: Language) -> str:
    """The numbers of the chart, for who does not see it."""
    spans = [
        f"{span.first}: {span.count}"
        if span.first == span.last
        else f"{span.first} – {span.last}: {span.count}"
        for span in spans_of(summary.per_day)
    ]
    return _spoken("days", spans, language)


def stars_spoken(summary: FeedbackSummary, language: Language) -> str:
    counts = [f"{points} ★: {count}" for points, count in summary.ratings.items()]
    return _spoken("stars", counts, language)


def variants_spoken(summary: FeedbackSummary, language: Language) -> str:
    rows = [
        f"{row.model_id} · {row.variant}: {_mean(row.mean)} ({row.count})"
        for row in summary.per_variant
    ]
    return _spoken("variants", rows, language)


def _spoken(chart: str, parts: Sequence[str], language: Language) -> str:
    numbers = say("admin.between", language).join(parts)
    return say(f"admin.spoken_{chart}", language, numbers=numbers)


def _mean(mean: float | None) -> str:
    return _NOTHING if mean is None else f"{mean:.2f} ★"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else _NOTHING


def _corners(xyxy: Sequence[float]) -> str:
    left, top, right, bottom = (round(side) for side in xyxy)
    return f"({left}, {top}) – ({right}, {bottom})"


def _verdict(verdict: BoxVerdict | None, language: Language) -> str:
    if verdict is None:
        return ""
    return say(f"admin.verdict_{verdict.verdict}", language, phrase=verdict.phrase)
