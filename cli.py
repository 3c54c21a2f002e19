"""The command line: `python cli.py serve | detect | users`. Speaks the language of the terminal."""

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image
from rich.console import Console
from rich.table import Table

from accounts.directory import UserDirectory
from accounts.user import Role
from api.schemas import DetectAnswer, answer_of
from config import Settings
from detection.annotate import annotate
from detection.detector import Detector
from detection.errors import GlipError
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.query import DetectionForm, validate, validated_threshold
from detection.result import DetectionResult, Timings
from models.registry import build_detector
from texts import say, terminal_language

FAILED, BAD_INPUT = 1, 2
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


LANGUAGE = terminal_language(os.environ)


def tell(entry: str, **facts: object) -> str:
    """Return a sentence of texts/cli.toml."""
    return say(f"cli.{entry}", LANGUAGE, **facts)


app = typer.Typer(
    help=tell("help"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
users_app = typer.Typer(help=tell("users_help"), no_args_is_help=True)
app.add_typer(users_app, name="users")
out = Console(soft_wrap=True, highlight=False)

Name = Annotated[str, typer.Argument(help=tell("name_help"))]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help=tell("password_stdin_help"))]


@contextmanager
def errors_said() -> Iterator[None]:
    """Say one of our errors as a sentence and leave with the status of bad input."""
    try:
        yield
    except GlipError as error:
        typer.echo(say(f"errors.{error.key}", LANGUAGE, **error.facts), err=True)
        raise typer.Exit(BAD_INPUT) from None
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}", err=True)
        raise typer.Exit(FAILED) from None


@app.command(help=tell("serve_help"))
def serve() -> None:
    from app import serve as serve_app  # noqa: PLC0415 - Gradio is slow to import, and reads the environment

    serve_app(Settings())


@app.command(help=tell("detect_help"))
def detect(
    file: Annotated[Path, typer.Argument(help=tell("file_help"))],
    text: Annotated[str, typer.Argument(help=tell("text_help"))],
    *,
    out_path: Annotated[Path | None, typer.Option("--out", help=tell("out_help"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=tell("json_help"))] = False,
    threshold: Annotated[float | None, typer.Option(help=tell("threshold_help"))] = None,
    model: Annotated[str | None, typer.Option(help=tell("model_help"))] = None,
) -> None:
    settings = Settings()
    with errors_said():
        form = DetectionForm(image_bytes=file.read_bytes(), text=text, threshold=threshold)
        detector = build_detector(model or settings.model, device=settings.device)
        image, result = detect_once(form, detector)
        if out_path is not None:
            save_picture(out_path, file, annotate(image, result.shown, result.prompt))
    answer = answer_of(result, session_id="command-line")
    if as_json:
        typer.echo(json.dumps(answer.model_dump(), ensure_ascii=False, indent=2))
    else:
        print_table(answer, result.prompt)


def detect_once(form: DetectionForm, detector: Detector) -> tuple[SourceImage, DetectionResult]:
    """Answer one question without a server. Raises BadInput."""
    threshold = validated_threshold(form.threshold, detector.card)
    started = time.perf_counter()
    query = validate(form, detector.vocabulary)
    job = detector.prepare(query.image, query.prompt)
    prepared = time.perf_counter()
    detections = detector.detect_batch([job])[0]
    done = time.perf_counter()
    return query.image, DetectionResult(
        id=secrets.token_hex(16),
        image_digest=query.image.digest,
        size_wh=query.image.size_wh,
        prompt=query.prompt,
        model_id=detector.model_id,
        revision=detector.revision,
        variant="default",
        detections=detections,
        threshold=threshold,
        from_cache=False,
        at=datetime.now(UTC),
        timings=Timings(
            prepare_ms=(prepared - started) * 1e3,
            model_ms=(done - prepared) * 1e3,
            total_ms=(done - started) * 1e3,
        ),
    )


def save_picture(out_path: Path, source: Path, picture: SourceImage) -> None:
    """Write `picture` to a file, or into a folder under the source's name. Raises OSError."""
    if (
        out_path.suffix
        and out_path.suffix.lower() not in PICTURE_SUFFIXES
        and not out_path.is_dir()
    ):
        raise typer.BadParameter(tell("bad_suffix", known=" ".join(PICTURE_SUFFIXES)))
    if out_path.is_dir() or not out_path.suffix:
        out_path.mkdir(parents=True, exist_ok=True)
        out_path /= f"{source.stem}.png"
    Image.fromarray(picture.pixels).save(out_path)
    typer.echo(tell("saved", path=out_path), err=True)


def print_table(answer: DetectAnswer, prompt: Prompt) -> None:
    """Print a row a box, then the phrases that found nothing."""
    table = Table(tell("column_phrase"), tell("column_score"), tell("column_box"), box=None)
    for found in answer.detections:
        corners = "  ".join(f"{value:.0f}" for value in found.box)
        table.add_row(found.phrase, f"{found.score:.2f}", corners)
    if answer.detections:
        out.print(table)
    seen = {found.phrase_index for found in answer.detections}
    for index, phrase in enumerate(prompt.phrases):
        if index not in seen:
            out.print(tell("nothing_found", phrase=phrase.text), markup=False)
    out.print(tell("summary", count=len(answer.detections), total_ms=answer.timings_ms.total))


def directory() -> UserDirectory:
    """The users of this installation; works before the first start."""
    return UserDirectory(Settings().database)


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
