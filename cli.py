"""The command line: `python cli.py --help`. Speaks the language of the terminal."""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from typer import rich_utils

from accounts.directory import UserDirectory
from accounts.user import Role
from api.batch import BAD_INPUT, FAILED, OK, Batch, Failure, status_of
from api.formats import FileAnswer, Format, render_answers
from api.journal import Journal
from config import Settings
from detection.detector import Detector
from detection.errors import GlipError
from detection.picture_files import PICTURE_SUFFIXES, find_pictures
from detection.prompt import Prompt
from detection.query import validated_threshold
from models.catalogue import MODELS
from models.registry import build_detector
from monitoring.doctor import (
    Finding,
    Level,
    check_folder,
    check_packages,
    check_port,
    check_python,
)
from terminal import Terminal
from texts import terminal_language

Printer = Callable[[FileAnswer], None]
ROOT = Path(__file__).parent
terminal = Terminal(terminal_language(os.environ))
tell = terminal.tell


for panel in ("arguments", "options", "commands", "errors"):  # typer's own words, on every page
    setattr(rich_utils, f"{panel.upper()}_PANEL_TITLE", tell(f"panel_{panel}"))
rich_utils.REQUIRED_LONG_STRING = tell("required")
app = typer.Typer(
    help=tell("help"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
users_app = typer.Typer(help=tell("users_help"), no_args_is_help=True)
app.add_typer(users_app, name="users")

Paths = Annotated[list[str], typer.Argument(help=tell("paths_help"), metavar="PATH")]
Text = Annotated[str, typer.Argument(help=tell("text_help"), metavar="TEXT")]
OutPath = Annotated[Path | None, typer.Option("--out", help=tell("out_help"))]
AsJson = Annotated[bool, typer.Option("--json", help=tell("json_help"))]
ToFormat = Annotated[Format | None, typer.Option("--format", help=tell("format_help"))]
Threshold = Annotated[float | None, typer.Option(help=tell("threshold_help"))]
Model = Annotated[str | None, typer.Option(help=tell("model_help"))]
Name = Annotated[str, typer.Argument(help=tell("name_help"))]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help=tell("password_stdin_help"))]


@contextmanager
def errors_said() -> Iterator[None]:
    """Say one of our errors as a sentence and leave with the status of bad input."""
    try:
        yield
    except GlipError as error:
        terminal.err.print(terminal.sentence_of(error))
        raise typer.Exit(BAD_INPUT) from None
    except OSError as error:
        terminal.err.print(f"{error.filename}: {error.strerror}")
        raise typer.Exit(FAILED) from None


def read_settings() -> Settings:
    """Read the settings, or say which cannot be used and leave."""
    try:
        return Settings()
    except ValueError as error:
        terminal.print_finding(blame_settings(error), terminal.err)
        raise typer.Exit(BAD_INPUT) from None


@app.command(help=tell("serve_help"))
def serve() -> None:
    from app import serve as serve_app  # noqa: PLC0415 - Gradio is slow to import, and reads the environment

    serve_app(read_settings())


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
        Prompt.parse(text, detector.vocabulary)
        threshold = validated_threshold(threshold, detector.card)
        journal = open_journal(folder, detector, text, threshold) if folder else None
    batch = Batch(
        detector, text=text, threshold=threshold, journal=journal, draw_to=draw_to, read=read_file
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


def refuse(entry: str, **facts: object) -> NoReturn:
    """Say what cannot be done and leave with the status of bad usage."""
    terminal.err.print(tell(entry, **facts))
    raise typer.Exit(BAD_INPUT)


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


@app.command(name="models", help=tell("models_help"))
def list_models() -> None:
    settings = read_settings()
    missing = {entry: entry.list_missing(settings.models_dir) for entry in MODELS.values()}
    for entry in sorted(missing, key=lambda entry: len(missing[entry]) > 0):
        is_default = entry.name == settings.model
        terminal.print_model(entry, missing[entry], is_default=is_default)
    terminal.out.print(tell("models_folder", path=settings.models_dir))


@app.command(help=tell("doctor_help"))
def doctor() -> None:
    findings = [check_python(), *check_packages(ROOT)]
    try:
        findings += check_settings(Settings())
    except ValueError as error:
        findings.append(blame_settings(error))
    for finding in findings:
        terminal.print_finding(finding, terminal.out)
    broken = sum(finding.level is Level.BROKEN for finding in findings)
    terminal.out.print(tell("doctor_ill", count=broken) if broken else tell("doctor_well"))
    raise typer.Exit(FAILED if broken else OK)


def check_settings(settings: Settings) -> list[Finding]:
    """What the demo needs to start with these settings."""
    host, metrics = settings.host, settings.metrics_port
    return [
        check_model(settings),
        check_folder(settings.data_dir),
        check_port(host, settings.port, setting="GLIP_PORT"),
        check_port(host, metrics, setting="GLIP_METRICS_PORT")
        if metrics
        else Finding(Level.FINE, "metrics_off"),
        check_device(settings.device),
    ]


def check_model(settings: Settings) -> Finding:
    """Whether the model can be built from its weights; says their revision."""
    facts: dict[str, object] = {"name": settings.model}
    try:
        detector = load_detector(settings.model, settings, device="cpu")
    except GlipError as error:
        return Finding(Level.BROKEN, "model_broken", {**facts, "why": terminal.sentence_of(error)})
    except Exception as error:  # noqa: BLE001 - whatever a model raises, the other checks go on
        why = f"{type(error).__name__}: {error}"
        return Finding(Level.BROKEN, "model_broken", {**facts, "why": why})
    return Finding(Level.FINE, "model", {**facts, "revision": detector.revision})


def check_device(device: str) -> Finding:
    """Whether torch finds the CUDA device that was asked for."""
    from models.devices import name_cuda  # noqa: PLC0415 - torch is only paid for where it is needed

    if found := name_cuda():
        return Finding(Level.FINE, "cuda", {"name": found})
    if device.startswith("cuda"):
        return Finding(Level.BROKEN, "cuda_missing", {"device": device})
    return Finding(Level.FINE, "cuda_none")


def blame_settings(error: ValueError) -> Finding:
    """Name the settings that cannot be used; their values may be secrets and are not shown."""
    if isinstance(error, ValidationError):
        fields = [str(fault["loc"][0]) for fault in error.errors()]
    else:  # a list that is not JSON
        fields = re.findall(r'field "(\w+)"', str(error)) or [str(error)]
    names = [f"GLIP_{name.removeprefix('GLIP_').upper()}" for name in fields]
    return Finding(Level.BROKEN, "settings_bad", {"names": ", ".join(dict.fromkeys(names))})


def directory() -> UserDirectory:
    """The users of this installation; works before the first start."""
    return UserDirectory(read_settings().database)


def read_password(*, from_stdin: bool) -> str:
    """The first line of standard input, or asked for twice."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(tell("password"), hide_input=True, confirmation_prompt=True))


@users_app.command(help=tell("users_add_help"))
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help=tell("role_help"))] = Role.GUEST,
    password_stdin: PasswordStdin = False,
) -> None:
    with errors_said():
        directory().add(name, read_password(from_stdin=password_stdin), role)
    typer.echo(tell("user_added", name=name, role=role.value))


@users_app.command(help=tell("users_passwd_help"))
def passwd(name: Name, password_stdin: PasswordStdin = False) -> None:
    with errors_said():
        directory().set_password(name, read_password(from_stdin=password_stdin))
    typer.echo(tell("password_set", name=name))


@users_app.command(help=tell("users_remove_help"))
def remove(name: Name) -> None:
    with errors_said():
        directory().remove(name)
    typer.echo(tell("user_removed", name=name))


@users_app.command(name="list", help=tell("users_list_help"))
def list_users() -> None:
    for user in directory().list_users():
        typer.echo(f"{user.role.value}\t{user.name}")


@users_app.command(help=tell("users_role_help"))
def role(name: Name, new_role: Annotated[Role, typer.Argument(help=tell("role_help"))]) -> None:
    with errors_said():
        directory().set_role(name, new_role)
    typer.echo(tell("role_set", name=name, role=new_role.value))


if __name__ == "__main__":
    app()
