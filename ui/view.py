"""A result in sentences: numbers become text here and nowhere earlier. Knows no Gradio."""

from dataclasses import dataclass

from detection.result import DetectionResult, Detections
from texts import Language, say

MOST_SPOKEN = 10  # boxes; who listens cannot skim, and the table holds them all


@dataclass(frozen=True)
class View:
    """One result as seen at one threshold, in one language."""

    result: DetectionResult
    threshold: float
    language: Language

    @property
    def shown(self) -> Detections:
        return self.result.detections.above(self.threshold)

    def headline(self) -> str:
        """The count and the time, as Markdown, and what to try where there is no box."""
        count = len(self.shown)
        time = "from_memory" if self.result.from_cache else "in_time"
        duration = self._duration(self.result.timings.total_ms)
        key = {0: "no_boxes", 1: "one_box"}.get(count, "many_boxes")
        sentence = self._say(key, count=count) + self._say(time, duration=duration)
        return sentence if count else f"{sentence}\n\n{self._advice()}"

    def caption(self) -> str:
        """The question and the number of boxes, for the strip of earlier answers."""
        words = " ".join(self.result.prompt.text.split())
        return self._say("history_caption", prompt=words, count=len(self.shown))

    def spoken(self) -> str:
        """The result as one sentence, the best boxes by name, for who does not see the picture."""
        shown, phrases = self.shown, self.result.prompt.phrases
        count = len(shown)
        if not count:
            return self._say("spoken_nothing")
        best = zip(shown.phrase_index[:MOST_SPOKEN], shown.scores[:MOST_SPOKEN], strict=True)
        named = [f"{' '.join(phrases[index].text.split())} {score:.2f}" for index, score in best]
        if count > MOST_SPOKEN:
            named.append(self._say("spoken_more", count=count - MOST_SPOKEN))
        found = self._say("between").join(named)
        return self._say("spoken_one" if count == 1 else "spoken", count=count, found=found)

    def _advice(self) -> str:
        scores = self.result.detections.scores
        if not len(scores):
            return self._say("nothing_at_all")
        return self._say("best_below", score=f"{scores[0]:.2f}")

    def _duration(self, milliseconds: float) -> str:
        if milliseconds < 1000:
            return self._say("milliseconds", milliseconds=f"{max(milliseconds, 1):.0f}")
        return self._say("seconds", seconds=f"{milliseconds / 1000:.1f}")

    def _say(self, entry: str, **facts: object) -> str:
        return say(f"page.{entry}", self.language, **facts)
