"""A folder of answers that can be continued: pictures with their boxes, and `results.jsonl`."""

from itertools import chain, count
from pathlib import Path

from api.formats import FileAnswer, Format, render_answers

JOURNAL_NAME = "results.jsonl"


class Journal:
    """Keeps each answer as soon as it is there, so that a later call may skip its picture.

    Raises OSError when the folder cannot be written, ValueError when its journal is not one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / JOURNAL_NAME
        self.answers = self._load()
        self._files = {answer.file for answer in self.answers}

    def holds(self, file: str) -> bool:
        """Whether `file` has been answered; standard input never has."""
        return file != "-" and file in self._files

    def asks_alike(self, *, prompt: str, model_id: str, revision: str, threshold: float) -> bool:
        """Whether every answer kept here is one to this question."""
        question = (prompt, model_id, revision, threshold)
        return all(
            (answer.prompt, answer.model_id, answer.revision, answer.threshold) == question
            for answer in self.answers
        )

    def choose_picture(self, source: Path) -> Path:
        """Return where to draw: under the source's name, with a number if there is such a file."""
        stem = source.stem if source.name != "-" else "stdin"
        names = chain([f"{stem}.png"], (f"{stem}-{number}.png" for number in count(2)))
        return next(path for name in names if not (path := self.folder / name).exists())

    def add(self, answer: FileAnswer) -> None:
        """Append one answer to the file. Raises OSError."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(render_answers([answer], Format.JSONL))
        self.answers.append(answer)
        self._files.add(answer.file)

    def export(self, form: Format) -> Path:
        """Write everything kept here in another format, in one move. Raises OSError."""
        name = "results.coco.json" if form is Format.COCO else f"results.{form}"
        path = self.folder / name
        if path != self.path:
            draft = path.with_name(f"{name}.draft")
            draft.write_text(render_answers(self.answers, form), "utf-8")
            draft.replace(path)
        return path

    def _load(self) -> list[FileAnswer]:
        """Read the journal; a last line that was cut off is dropped from the file as well."""
        if not self.path.exists():
            return []
        data = self.path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        answers = [FileAnswer.model_validate_json(line) for line in whole.splitlines()]
        if len(whole) < len(data):
            with self.path.open("r+b") as file:
                file.truncate(len(whole))
        return answers
