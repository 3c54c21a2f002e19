"""The charts of the overview, drawn here as pictures: a browser's own would need unsafe-eval."""

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from feedback.archive import FeedbackSummary
from texts import Language, say
from ui.admin.periods import Span, spans_of

SIZE_WH = (420, 270)  # CSS pixels
_DENSITY = 2
_DPI = 100
_FONT_FILE = Path(__file__).parents[2] / "static" / "fonts" / "glip-demo-sans.otf"
_PADDING = 0.06  # inches
_MOST_VARIANTS = 6
_LONGEST_NAME = 22  # characters
_LABELLED_DAYS = 4
_LABELLED_BARS = 12  # more, and the numbers above them would touch

# Matplotlib is not safe to use from several threads.
_LOCK = threading.Lock()
fontManager.addfont(_FONT_FILE)
mpl.rcParams["font.family"] = FontProperties(fname=_FONT_FILE).get_name()
mpl.rcParams["text.parse_math"] = False  # a model's name may hold a $


@dataclass(frozen=True)
class _Ink:
    """Colours of one shade, with the contrast that text (4.5) and marks (3) need."""

    text: str
    quiet: str
    grid: str
    mark: str


class Shade(Enum):
    """Light or dark, as the page is."""

    LIGHT = _Ink(text="#22221f", quiet="#5f5f58", grid="#e6e6e1", mark="#3f4ecb")
    DARK = _Ink(text="#ececea", quiet="#a5a5a0", grid="#34343a", mark="#a3aeff")


Draw = Callable[[Axes, FeedbackSummary, _Ink, Language], None]


def draw_days(summary: FeedbackSummary, language: Language, shade: Shade) -> bytes:
    """Return a PNG: how many ratings a day, or a span of days where there are many."""
    return _draw(_days, summary, language, shade)


def draw_stars(summary: FeedbackSummary, language: Language, shade: Shade) -> bytes:
    """Return a PNG: how often each number of stars was given."""
    return _draw(_stars, summary, language, shade)


def draw_variants(summary: FeedbackSummary, language: Language, shade: Shade) -> bytes:
    """Return a PNG: the mean of the stars and the count, by model and variant."""
    return _draw(_variants, summary, language, shade)


def _draw(draw: Draw, summary: FeedbackSummary, language: Language, shade: Shade) -> bytes:
    ink, (width, height) = shade.value, SIZE_WH
    layout = ConstrainedLayoutEngine(w_pad=_PADDING, h_pad=_PADDING)
    with _LOCK:
        figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI * _DENSITY, layout=layout)
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _quieten(axes, ink)
        draw(axes, summary, ink, language)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", transparent=True)
    return buffer.getvalue()


def _quieten(axes: Axes, ink: _Ink) -> None:
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(ink.grid)
    axes.tick_params(length=0, labelsize=9.5, labelcolor=ink.quiet, pad=5)
    axes.yaxis.grid(visible=True, color=ink.grid, linewidth=0.8)


def _days(axes: Axes, summary: FeedbackSummary, ink: _Ink, _language: Language) -> None:
    spans = spans_of(summary.per_day)
    _bars(axes, [span.count for span in spans], ink)
    step = max(1, ceil(len(spans) / _LABELLED_DAYS))
    places = range(0, len(spans), step)
    axes.set_xticks(list(places), [_day_label(spans[place]) for place in places])


def _stars(axes: Axes, summary: FeedbackSummary, ink: _Ink, _language: Language) -> None:
    _bars(axes, list(summary.ratings.values()), ink)
    axes.set_xticks(range(len(summary.ratings)), [f"{points} ★" for points in summary.ratings])


def _bars(axes: Axes, counts: Sequence[int], ink: _Ink) -> None:
    bars = axes.bar(range(len(counts)), counts, color=ink.mark, width=0.72)
    axes.set_xlim(-0.6, max(len(counts), 5) - 0.4)
    axes.set_ylim(0, max(counts, default=0) * 1.12 or 1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    if len(counts) <= _LABELLED_BARS:
        labels = [f"{count:,}" if count else "" for count in counts]
        axes.bar_label(bars, labels, color=ink.text, fontsize=9.5, padding=2)


def _variants(axes: Axes, summary: FeedbackSummary, ink: _Ink, language: Language) -> None:
    """A mean is a place on the scale from 1 to 5, not an amount: a dot, no bar."""
    rows = sorted(summary.per_variant, key=lambda row: -row.count)[:_MOST_VARIANTS]
    names = [f"{_shortened(row.model_id)}\n{_shortened(row.variant)}" for row in rows]
    axes.set_yticks(range(len(rows)), names, color=ink.text)
    axes.set_ylim(max(len(rows), 2) - 0.4, -0.6)
    axes.set_xlim(0.8, 5.2)
    axes.set_xticks(range(1, 6), [f"{points} ★" for points in range(1, 6)])
    for place, row in enumerate(rows):
        label = say("admin.chart_none", language, count=row.count)
        if row.mean is not None:
            axes.plot([row.mean], [place], "o", color=ink.mark, markersize=9)
            label = say("admin.chart_mean", language, mean=f"{row.mean:.2f}", count=row.count)
        at = 3.0 if row.mean is None else min(max(row.mean, 1.9), 4.1)
        axes.annotate(
            label, (at, place), (0, 8), textcoords="offset points",
            ha="center", va="bottom", color=ink.text, fontsize=9.5,
        )  # fmt: skip


def _day_label(span: Span) -> str:
    return f"{span.first:%m-%d}"


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
