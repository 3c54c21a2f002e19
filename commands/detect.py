"""`cli.py detect`: ask about pictures without a server."""

import logging
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from api.batch import BAD_INPUT, FAILED, OK, Batch, Failure, status_of
from api.formats import FileAnswer, Format, render_answers
from api.journal import Journal
from commands.shell import errors_said, read_settings, refuse, tell, terminal
from commands.usage import Commands
from config import Settings
from detection.detector import Detector
from detection.image import ImageLimits
from detection.picture_files import PICTURE_SUFFIXES, find_pictures
from detection.prompt import Prompt
from detection.query import validated_threshold
from detection.reading import list_warnings
from models.registry import build_detector

Printer = Callable[[FileAnswer], None]
app = Commands()

Paths = Annotated[list[str], typer.Argument(help=tell("paths_help"), metavar="PATH")]
Text = Annotated[str, typer.Argument(help=tell("text_help"), metavar="TEXT")]
OutPath = Annotated[Path | None, typer.Option("--out", help=tell("out_help"))]
AsJson = Annotated[bool, typer.Option("--json", help=tell("json_help"))]
ToFormat = Annotated[Format | None, typer.Option("--format", help=tell("format_help"))]
Threshold = Annotated[float | None, typer.Option(help=tell("threshold_help"))]
Model = Annotated[str | None, typer.Option(help=tell("model_help"))]


@app.command(help=tell("detect_help"))
def detect(
    paths: Paths,
    text: Text,
    *,
    out_path: OutPath = None,
    as_json: AsJson = False,
    form: ToFormat = None,
    threshold: Threshold = None,
    model: Model = None,
) -> None:
    folder = out_path if out_path and (out_path.is_dir() or not out_path.suffix) else None
    draw_to = None if folder else out_path
    pictures, all_found = gather_pictures(paths, leave_out=folder)
    check_options(len(pictures), draw_to, as_json=as_json, form=form)
    settings = read_settings()
    with errors_said():
        detector = load_detector(model or settings.model, settings)
        prompt = Prompt.parse(text, detector.vocabulary)
        threshold = validated_threshold(threshold, detector.card)
        journal = open_journal(folder, detector, text, threshold) if folder else None
    card = detector.card
    for warning in list_warnings(prompt, model=detector.model_id, languages=card.languages):
        terminal.err.print(warning.sentence(terminal.language))
    batch = Batch(
        detector,
        text=text,
        threshold=threshold,
        limits=image_limits(settings),
        journal=journal,
        draw_to=draw_to,
        read=read_file,
    )
    todo = batch.pending(pictures)
    show = choose_printer(len(pictures), form, as_json=as_json, kept=folder is not None)
    answers = answer_all(batch, todo, show)
    write_answers(answers, form, journal)
    if len(pictures) > 1 or not todo:
        skipped = len(pictures) - len(todo)
        terminal.err.print(
            tell("tally", done=batch.done, skipped=skipped, failed=len(batch.failures))
        )
    status = status_of(batch.failures, len(pictures) - len(batch.failures))
    raise typer.Exit(status or (OK if all_found else FAILED))


def gather_pictures(names: Sequence[str], leave_out: Path | None) -> tuple[list[Path], bool]:
    """Return the pictures behind `names`, none twice, and whether each name stood for some."""
    found = {name: find_pictures(name, leave_out) for name in names}
    for name in names:
        if not found[name]:
            terminal.err.print(tell("no_pictures", name=name))
    if not any(found.values()):
        raise typer.Exit(BAD_INPUT)
    return list(dict.fromkeys(chain.from_iterable(found.values()))), all(found.values())


def check_options(count: int, draw_to: Path | None, *, as_json: bool, form: Format | None) -> None:
    """Refuse, as bad usage, options that do not go together."""
    if draw_to and draw_to.suffix.lower() not in PICTURE_SUFFIXES:
        refuse("bad_suffix", known=" ".join(PICTURE_SUFFIXES))
    if as_json and form:
        refuse("json_or_format")
    if draw_to and count > 1:
        refuse("out_is_one_file", count=count)
    if as_json and count > 1:
        refuse("json_is_one_answer", count=count)


def image_limits(settings: Settings) -> ImageLimits:
    """What a picture may be, as for the server."""
    return ImageLimits(
        max_bytes=settings.max_image_bytes,
        max_pixels=settings.max_image_pixels,
        max_side=settings.max_image_side,
    )


def load_detector(name: str, settings: Settings, device: str | None = None) -> Detector:
    """Build a model. Raises UnknownModel, and ModelUnavailable, which says all the log would."""
    logging.getLogger("glip").addHandler(logging.NullHandler())
    return build_detector(name, device=device or settings.device, models_dir=settings.models_dir)


def open_journal(folder: Path, detector: Detector, text: str, threshold: float) -> Journal:
    """Open the answers kept in `folder`; leave when they answer another question."""
    try:
        journal = Journal(folder)
    except ValueError:
        refuse("not_a_journal", path=folder)
    if not journal.asks_alike(
        prompt=text,
        model_id=detector.model_id,
        revision=detector.revision,
        threshold=threshold,
    ):
        refuse("other_question", path=folder)
    return journal


def read_file(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises OSError."""
    return sys.stdin.buffer.read() if path == Path("-") else path.read_bytes()


def choose_printer(count: int, form: Format | None, *, as_json: bool, kept: bool) -> Printer | None:
    """What is printed as soon as an answer is there; None if nothing is."""
    if as_json:
        return terminal.print_api_answer
    if form is None and count == 1:
        return terminal.print_table
    if kept or form not in {None, Format.JSONL}:
        return None
    return terminal.print_line if form else terminal.print_titled_table


def answer_all(batch: Batch, files: Sequence[Path], show: Printer | None) -> list[FileAnswer]:
    """Answer each file; print what is to be printed, and say what fails, at once."""
    answers = []
    for file in terminal.track(files, beside_output=show is not None):
        answer = batch.answer(file)
        if isinstance(answer, Failure):
            terminal.print_failure(answer)
            continue
        answers.append(answer)
        if show:
            show(answer)
    return answers


def write_answers(
    answers: Sequence[FileAnswer], form: Format | None, journal: Journal | None
) -> None:
    """Write what has to wait for the last answer: into the journal's folder, or print it."""
    if journal is not None:
        with errors_said():
            path = journal.export(form or Format.JSONL)
        terminal.err.print(tell("saved", path=path))
    elif form and form is not Format.JSONL:
        typer.echo(render_answers(answers, form), nl=False)
