"""A caption with the place of every true box's phrase in it: how grounding models are taught."""

from collections.abc import Mapping
from typing import Any

from feedback.export.judged import TrueBox, clipped, name_of, true_boxes
from feedback.record import Feedback

Facts = Mapping[str, Any]


class Caption:
    """The prompt as it was typed, with the phrases that corrections brought in after it."""

    def __init__(self, prompt: str) -> None:
        # Readers strip captions, which must not move what is in them.
        self._removed = len(prompt) - len(prompt.lstrip())
        self.text = prompt.strip()
        self._added: dict[str, tuple[int, int]] = {}

    def place(self, box: TrueBox) -> tuple[int, int]:
        """Return where the box's phrase stands in `text`, half-open; add it if it does not."""
        if box.span is not None:
            return box.span[0] - self._removed, box.span[1] - self._removed
        if box.phrase not in self._added:
            self._added[box.phrase] = self._add(name_of(box.phrase))
        return self._added[box.phrase]

    def _add(self, phrase: str) -> tuple[int, int]:
        self.text += " " if self.text.endswith((".", "。")) else " . "
        start = len(self.text)
        self.text += phrase
        return start, len(self.text)


def ground(feedback: Feedback) -> Facts:
    """Return the caption, and a region a true box: corners, phrase and its place in the caption."""
    caption = Caption(feedback.prompt.text)
    regions = []
    for box in true_boxes(feedback):
        if (corners := clipped(box.xyxy, feedback.size_wh)) is not None:
            place = {"phrase": name_of(box.phrase), "tokens_positive": [caption.place(box)]}
            regions.append({"bbox": corners, **place})
    return {"caption": caption.text, "regions": regions}
