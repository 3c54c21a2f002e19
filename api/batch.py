"""One question to many picture files; a file that fails does not stop the rest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from api.formats import FileAnswer, file_answer_of
from api.journal import Journal
from detection.annotate import annotate
from detection.detector import Detector
from detection.errors import GlipError
from detection.image import ImageLimits, SourceImage
from detection.once import detect_once
from detection.query import DetectionForm
from detection.result import DetectionResult

OK, FAILED, BAD_INPUT = 0, 1, 2


@dataclass(frozen=True)
class Failure:
    """A file that could not be answered, and why."""

    file: str
    error: GlipError | OSError


class Batch:
    """Answers files one by one: into a journal's folder, or drawn to a single file, or neither."""

    def __init__(
        self,
        detector: Detector,
        *,
        text: str,
        threshold: float | None = None,
        limits: ImageLimits | None = None,
        journal: Journal | None = None,
        draw_to: Path | None = None,
        read: Callable[[Path], bytes] = Path.read_bytes,
    ) -> None:
        self._detector, self._text, self._threshold = detector, text, threshold
        self._limits = limits
        self._journal, self._draw_to, self._read = journal, draw_to, read
        self.done = 0
        self.failures: list[Failure] = []

    def pending(self, files: Iterable[Path]) -> list[Path]:
        """Return the files that the journal does not hold yet."""
        return [
            file for file in files if not (self._journal and self._journal.holds(file.as_posix()))
        ]

    def answer(self, file: Path) -> FileAnswer | Failure:
        """Ask about one file; draw and keep the answer where that was wanted."""
        try:
            answer = self._answer(file)
        except (GlipError, OSError) as error:
            self.failures.append(Failure(file.as_posix(), error))
            return self.failures[-1]
        self.done += 1
        return answer

    def _answer(self, file: Path) -> FileAnswer:
        form = DetectionForm(self._read(file), self._text, self._threshold)
        image, result = detect_once(form, self._detector, self._limits)
        target = self._journal.choose_picture(file) if self._journal else self._draw_to
        if target is not None:
            _save_picture(target, image, result)
        drawn = target.name if self._journal and target else None
        answer = file_answer_of(result, file=file.as_posix(), drawn=drawn)
        if self._journal is not None:
            self._journal.add(answer)
        return answer


def status_of(failures: Iterable[Failure], done: int) -> int:
    """Return the exit status: BAD_INPUT when nothing that was given could be used."""
    errors = [failure.error for failure in failures]
    if not errors:
        return OK
    return FAILED if done or any(isinstance(error, OSError) for error in errors) else BAD_INPUT


def _save_picture(path: Path, image: SourceImage, result: DetectionResult) -> None:
    picture = annotate(image, result.shown, result.prompt)
    Image.fromarray(picture.pixels).save(path)
