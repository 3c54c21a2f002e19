"""A result as data for the page's own scripts, which draw its boxes, its table and its words."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from detection.annotate import contrast_colour, phrase_colour
from detection.prompt import Prompt
from ui.view import View

Facts = Mapping[str, Any]
Pair = tuple[str, int | None]  # a stretch of the prompt, and the index of its phrase


def facts_of(view: View) -> Facts:
    """Every box down to the model's floor, best score first, so that a threshold needs no server.

    `text` and `place` are what is read; `score` and `xyxy` what is counted and drawn with.
    """
    result = view.result
    return {
        "id": result.id,
        "threshold": view.threshold,
        "size": result.size_wh,
        "spoken": view.spoken(),
        "prompt": result.prompt.text,
        "pieces": [{"text": text, "phrase": index} for text, index in pieces_of(result.prompt)],
        "phrases": [
            {"text": phrase.text, "colour": colour, "ink": contrast_colour(colour)}
            for index, phrase in enumerate(result.prompt.phrases)
            for colour in (phrase_colour(index),)
        ],
        "boxes": list(_boxes_of(view)),
    }


def render_facts(facts: Facts) -> str:
    """Render as JSON of plain ASCII: no character of anybody's prompt means anything on the way."""
    return json.dumps(facts, separators=(",", ":"))


def pieces_of(prompt: Prompt) -> Iterator[Pair]:
    """Yield the prompt exactly as typed, cut into its phrases and what lies between them."""
    position = 0
    for index, phrase in enumerate(prompt.phrases):
        if phrase.start > position:
            yield prompt.text[position : phrase.start], None
        yield phrase.text, index
        position = phrase.end
    if position < len(prompt.text):
        yield prompt.text[position:], None


def _boxes_of(view: View) -> Iterator[Facts]:
    found = view.result.detections
    for index, score, xyxy in zip(found.phrase_index, found.scores, found.xyxy, strict=True):
        yield {
            "phrase": int(index),
            "score": float(score),
            "text": f"{score:.2f}",
            "xyxy": xyxy.tolist(),
            "place": _place(xyxy),
        }


def _place(xyxy: np.ndarray[tuple[int], np.dtype[np.float32]]) -> str:
    left, top, right, bottom = (round(float(side)) for side in xyxy)
    return f"({left}, {top}) – ({right}, {bottom})"
