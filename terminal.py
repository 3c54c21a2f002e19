"""What the command line prints, in one language: answers to stdout, the rest to stderr."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from api.batch import Failure
from api.formats import FileAnswer, Format, render_answers
from api.schemas import DetectAnswer
from detection.errors import GlipError, ModelUnavailable
from models.catalogue import ModelEntry
from monitoring.doctor import Finding, Level
from texts import Language, catalogue, say

Item = TypeVar("Item")


class Terminal:
    """Says the sentences of `texts/cli.toml`. Nothing that is printed is read as markup."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
        self.err = Console(soft_wrap=True, highlight=False, markup=False, emoji=False, stderr=True)

    def tell(self, entry: str, **facts: object) -> str:
        """Return a sentence of `texts/cli.toml`."""
        return say(f"cli.{entry}", self.language, **facts)

    def sentence_of(self, error: GlipError | OSError) -> str:
        """Return an error as a sentence; what the system refuses is said in its own words."""
        if isinstance(error, OSError):
            return error.strerror or str(error)
        if isinstance(error, ModelUnavailable):  # here nobody is loading it meanwhile
            return self._explain_absence(error)
        return say(f"errors.{error.key}", self.language, **error.facts)

    def track(self, files: Sequence[Path], *, beside_output: bool) -> Iterator[Path]:
        """Yield each file; with a bar on a terminal, unless the answers appear there themselves."""
        shown = len(files) > 1 and not (beside_output and self.out.is_terminal)
        sentence = self.tell("progress")
        return self.count(files, total=len(files), sentence=sentence, shown=shown)

    def count(
        self, items: Iterable[Item], *, total: int, sentence: str, shown: bool = True
    ) -> Iterator[Item]:
        """Yield each of `total` items; on a terminal with a bar, if one is to be shown."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self.err,
            transient=True,
            redirect_stdout=False,
            disable=not (shown and self.err.is_terminal),
        ) as bar:
            yield from bar.track(items, total=total, description=sentence)

    def print_failure(self, failure: Failure) -> None:
        why = self.sentence_of(failure.error)
        self.err.print(self.tell("picture_failed", file=failure.file, why=why))

    def print_api_answer(self, answer: FileAnswer) -> None:
        """Print exactly what `POST /api/detect` would answer."""
        fields = {name: getattr(answer, name) for name in DetectAnswer.model_fields}
        body = DetectAnswer(**fields).model_dump()
        typer.echo(json.dumps(body, ensure_ascii=False, indent=2))

    def print_line(self, answer: FileAnswer) -> None:
        typer.echo(render_answers([answer], Format.JSONL), nl=False)

    def print_titled_table(self, answer: FileAnswer) -> None:
        self.out.print(answer.file, style="bold")
        self.print_table(answer)
        self.out.print()

    def print_table(self, answer: FileAnswer) -> None:
        """Print a row a box, then the phrases that found nothing."""
        columns = (self.tell(f"column_{name}") for name in ("phrase", "score", "box"))
        table = Table(*columns, box=None)
        for found in answer.detections:
            corners = "  ".join(f"{value:.0f}" for value in found.box)
            table.add_row(Text(found.phrase), f"{found.score:.2f}", corners)
        if answer.detections:
            self.out.print(table)
        seen = {found.phrase_index for found in answer.detections}
        for index, phrase in enumerate(answer.phrases):
            if index not in seen:
                self.out.print(self.tell("nothing_found", phrase=phrase))
        facts = {"count": len(answer.detections), "total_ms": answer.timings_ms.total}
        self.out.print(self.tell("summary", **facts))

    def print_model(self, entry: ModelEntry, missing: Sequence[str], *, is_default: bool) -> None:
        """Print what can be said of a model before it is loaded."""
        state = self.tell("model_missing" if missing else "model_installed")
        default = f", {self.tell('model_default')}" if is_default else ""
        self.out.print(f"{entry.name} ({state}{default})", style="dim" if missing else "bold")
        if missing:
            return
        languages = (self.tell(f"language_{language}") for language in entry.languages)
        for line in (
            self._describe_knowledge(entry),
            self.tell("model_languages", languages=self.tell("comma").join(languages)),
            self.tell("model_licence", licence=say(f"models.{entry.licence}", self.language)),
        ):
            self.out.print(f"  {line}")

    def print_finding(self, finding: Finding, console: Console) -> None:
        """Print what a check found and, where something is to be done, what."""
        sentence = self.tell(f"doctor_{finding.key}", **finding.facts)
        console.print(f"{finding.level.value} {sentence}")
        if finding.level is not Level.FINE:
            console.print(f"  → {self.tell(f'doctor_{finding.key}_mend', **finding.facts)}")

    def _explain_absence(self, error: ModelUnavailable) -> str:
        if "files" in error.facts:
            return say("models.missing_files", self.language, **error.facts)
        return self.tell("model_unfit", **error.facts, why=error.__cause__)

    def _describe_knowledge(self, entry: ModelEntry) -> str:
        """What its family knows; texts/models.toml or a file of the family's own says it."""
        keys = (f"models.{entry.family}_knows", f"{entry.family}.knows")
        return next(say(key, self.language) for key in keys if key in catalogue())
