"""A result in words and rows: numbers become text here and nowhere earlier. Knows no Gradio."""

from dataclasses import dataclass

import numpy as np

from detection.annotate import phrase_colour
from detection.result import DetectionResult, Detections
from texts import Language, say

Row = tuple[str, str, str, str]  # number, phrase, score, box
Mark = tuple[str, str | None]  # a stretch of the prompt, and its phrase's label


@dataclass(frozen=True)
class View:
    """One result as seen at one threshold, in one language."""

    result: DetectionResult
    threshold: float
    language: Language

    @property
    def shown(self) -> Detections:
        return self.result.detections.above(self.threshold)

    def rows(self) -> list[Row]:
        """One row a box, best score first, with the phrase's number as the picture shows it."""
        shown, phrases = self.shown, self.result.prompt.phrases
        return [
            (str(index + 1), phrases[index].text, f"{score:.2f}", _box_text(box))
            for index, score, box in zip(shown.phrase_index, shown.scores, shown.xyxy, strict=True)
        ]

    def headline(self) -> str:
        """The count and the time, as Markdown, and what to try where there is no box."""
        count = len(self.shown)
        key = {0: "no_boxes", 1: "one_box"}.get(count, "many_boxes")
        time = "from_memory" if self.result.from_cache else "in_time"
        duration = self._duration(self.result.timings.total_ms)
        sentence = self._say(key, count=count) + self._say(time, duration=duration)
        return sentence if count else f"{sentence}\n\n{self._advice()}"

    def spoken(self) -> str:
        """The result as a sentence, for who does not see the picture."""
        rows = self.rows()
        if not rows:
            return self._say("spoken_nothing")
        found = self._say("between").join(f"{phrase} {score}" for _, phrase, score, _ in rows)
        return self._say("spoken_one" if len(rows) == 1 else "spoken", count=len(rows), found=found)

    def marks(self) -> list[Mark]:
        """The prompt exactly as typed, cut into its phrases and what lies between them."""
        text, position = self.result.prompt.text, 0
        marks: list[Mark] = []
        for phrase, label in zip(self.result.prompt.phrases, self.labels(), strict=True):
            if phrase.start > position:
                marks.append((text[position : phrase.start], None))
            marks.append((phrase.text, label))
            position = phrase.end
        return [*marks, (text[position:], None)] if position < len(text) else marks

    def labels(self) -> list[str]:
        """One label a phrase; its number keeps two equal phrases apart."""
        return [
            self._say("phrase_boxes" if count else "phrase_missing", number=number, count=count)
            for number, count in enumerate(self._counts(), start=1)
        ]

    def colours(self) -> dict[str, str]:
        """The colour of each label: the one its boxes are drawn in."""
        return {label: phrase_colour(index) for index, label in enumerate(self.labels())}

    def _advice(self) -> str:
        scores = self.result.detections.scores
        if not len(scores):
            return self._say("nothing_at_all")
        return self._say("best_below", score=f"{scores[0]:.2f}")

    def _duration(self, milliseconds: float) -> str:
        if milliseconds < 1000:
            return self._say("milliseconds", milliseconds=f"{max(milliseconds, 1):.0f}")
        return self._say("seconds", seconds=f"{milliseconds / 1000:.1f}")

    def _counts(self) -> list[int]:
        counts = np.bincount(self.shown.phrase_index, minlength=len(self.result.prompt.phrases))
        return [int(count) for count in counts]

    def _say(self, entry: str, **facts: object) -> str:
        return say(f"page.{entry}", self.language, **facts)


def _box_text(xyxy: np.ndarray[tuple[int], np.dtype[np.float32]]) -> str:
    left, top, right, bottom = (round(float(side)) for side in xyxy)
    return f"({left}, {top}) – ({right}, {bottom})"
