"""What one rating says of boxes: those the person saw, and those that are known to be true."""

from dataclasses import dataclass

from feedback.record import Feedback, Verdict, Xyxy


@dataclass(frozen=True, kw_only=True)
class ShownBox:
    """A box as it was shown, and what was said of it."""

    phrase: str  # as it was typed
    span: tuple[int, int]  # half-open code points of the prompt
    score: float
    xyxy: Xyxy  # pixels of the upright source image, half-open
    verdict: Verdict | None  # None: nobody judged it
    right_phrase: str  # as it was typed; empty but for WRONG_LABEL


@dataclass(frozen=True)
class TrueBox:
    """A thing that is there, by the word of a person."""

    phrase: str  # as it was typed
    span: tuple[int, int] | None  # half-open code points of the prompt, if it says the phrase
    xyxy: Xyxy  # pixels of the upright source image, half-open


def is_judged(feedback: Feedback) -> bool:
    """Say whether the person said anything of single boxes, missed ones included."""
    return bool(feedback.verdicts or feedback.missed)


def is_settled(feedback: Feedback) -> bool:
    """Say whether every box that was shown was judged: what is true of the picture is complete."""
    shown = len(feedback.detections.above(feedback.threshold))
    return is_judged(feedback) and len(feedback.verdicts) == shown


def shown_boxes(feedback: Feedback) -> list[ShownBox]:
    """Return the boxes at or above the threshold that was looked at, the best first."""
    shown = feedback.detections.above(feedback.threshold)
    phrases = feedback.prompt.phrases
    verdicts = {verdict.index: verdict for verdict in feedback.verdicts}
    boxes = []
    rows = zip(shown.phrase_index.tolist(), shown.scores.tolist(), shown.xyxy.tolist(), strict=True)
    for index, (phrase_index, score, (x1, y1, x2, y2)) in enumerate(rows):
        phrase, said = phrases[phrase_index], verdicts.get(index)
        boxes.append(
            ShownBox(
                phrase=phrase.text,
                span=(phrase.start, phrase.end),
                score=score,
                xyxy=(x1, y1, x2, y2),
                verdict=said.verdict if said else None,
                right_phrase=said.phrase if said else "",
            )
        )
    return boxes


def true_boxes(feedback: Feedback) -> list[TrueBox]:
    """Return right boxes, boxes with their right phrase, and drawn ones; unjudged ones are not."""
    spans = {phrase.text: (phrase.start, phrase.end) for phrase in feedback.prompt.phrases}
    boxes = []
    for box in shown_boxes(feedback):
        if box.verdict is Verdict.RIGHT:
            boxes.append(TrueBox(box.phrase, box.span, box.xyxy))
        elif box.right_phrase:
            boxes.append(TrueBox(box.right_phrase, spans.get(box.right_phrase), box.xyxy))
    drawn = (
        TrueBox(missed.phrase, spans.get(missed.phrase), missed.xyxy) for missed in feedback.missed
    )
    return [*boxes, *drawn]


def name_of(phrase: str) -> str:
    """Return the phrase as a class is named: as it was typed, on one line."""
    return " ".join(phrase.split())


def rounded(xyxy: Xyxy) -> Xyxy:
    """Return the corners in hundredths of a pixel, as the API says them."""
    x1, y1, x2, y2 = (round(value, 2) for value in xyxy)
    return x1, y1, x2, y2


def clipped(xyxy: Xyxy, size_wh: tuple[int, int]) -> Xyxy | None:
    """Return what of the box lies in the picture, in hundredths of a pixel; None if nothing."""
    width, height = size_wh
    x1, y1, x2, y2 = rounded(xyxy)
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None
