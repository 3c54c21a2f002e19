"""`cli.py models fetch NAME`: brings a model's files from the hub; the same command goes on."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from api.batch import FAILED
from commands.shell import errors_said, read_settings, tell, terminal
from detection.errors import UnknownModel
from models.catalogue import MODELS, ModelEntry
from models.files import Progress as FileProgress
from texts import say

ModelName = Annotated[str, typer.Argument(help=tell("fetch_name_help"), metavar="NAME")]


def fetch(name: ModelName) -> None:
    # Read by the hub's library at import: it says nothing of this machine.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from models.fetch import FetchFailed, fetch_model  # noqa: PLC0415 - see above

    with errors_said():
        entry = find_entry(name)
    folder = read_settings().models_dir
    if not entry.list_missing(folder):
        terminal.out.print(tell("fetch_nothing", name=name))
        return
    licence = say(f"models.{entry.licence}", terminal.language)
    terminal.err.print(tell("fetch_begins", name=name, source=entry.source, licence=licence))
    try:
        with shown_progress() as report:
            fetch_model(entry, folder, report)
    except FetchFailed as error:
        terminal.err.print(say(f"models.{error.key}", terminal.language, **error.facts))
        raise typer.Exit(FAILED) from None
    terminal.out.print(tell("fetch_done", name=name, folder=folder / entry.folder))


def find_entry(name: str) -> ModelEntry:
    """The model of that name. Raises UnknownModel."""
    if name not in MODELS:
        raise UnknownModel(model=name, known=", ".join(MODELS))
    return MODELS[name]


@contextmanager
def shown_progress() -> Iterator[Callable[[FileProgress], None]]:
    """Draw a bar on a terminal; give what moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=terminal.err,
        transient=True,
        disable=not terminal.err.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None)

        def report(progress: FileProgress) -> None:
            bar.update(
                task,
                description=progress.file,
                completed=progress.done_bytes,
                total=progress.total_bytes,
            )

        yield report
