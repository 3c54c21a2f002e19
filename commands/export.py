"""`cli.py export`: ratings as a file, without a server."""

import os
import secrets
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from commands.shell import LANGUAGE, errors_said, read_settings, terminal
from commands.usage import Commands
from config import VERSION, Settings
from feedback.archive import FeedbackArchive, FeedbackFilter
from feedback.export.formats import FORMATS, FormatName, write
from feedback.export.pictures import PictureOf
from feedback.export.provenance import Provenance, provenance_of
from feedback.filters import FilterForm
from feedback.kept_images import KeptImages
from feedback.sqlite_archive import SqliteArchive
from texts import say
from utils.clock import SystemClock

STANDARD_OUTPUT = Path("-")


def tell(entry: str, **facts: object) -> str:
    """Return a sentence of `texts/export.toml`."""
    return say(f"export.{entry}", LANGUAGE, **facts)


app = Commands()

Form = Annotated[FormatName, typer.Option("--format", help=tell("format_help"))]
OutPath = Annotated[Path | None, typer.Option("--out", help=tell("out_help"))]
Since = Annotated[str, typer.Option(help=tell("since_help"))]
Until = Annotated[str, typer.Option(help=tell("until_help"))]
Model = Annotated[str, typer.Option(help=tell("model_help"))]
VariantName = Annotated[str, typer.Option(help=tell("variant_help"))]
User = Annotated[str, typer.Option(help=tell("user_help"))]
Session = Annotated[str, typer.Option(help=tell("session_help"))]
Ratings = Annotated[list[str] | None, typer.Option(help=tell("rating_help"))]
Text = Annotated[str, typer.Option(help=tell("text_help"))]


@app.command(help=tell("help"))
def export(
    *,
    form: Form,
    out_path: OutPath = None,
    since: Since = "",
    until: Until = "",
    model: Model = "",
    variant: VariantName = "",
    user: User = "",
    session: Session = "",
    rating: Ratings = None,
    text: Text = "",
) -> None:
    wanted = FilterForm(
        since=since,
        until=until,
        model=model,
        variant=variant,
        user=user,
        session=session,
        rating=tuple(rating or ()),
        text=text,
    )
    settings = read_settings()
    with errors_said():
        save(form, wanted.parse(), out_path, settings)


def save(
    name: FormatName, wanted: FeedbackFilter, out_path: Path | None, settings: Settings
) -> None:
    """Write the file and say where it is. Raises OSError."""
    with closing(SqliteArchive(settings.database)) as archive:
        provenance = describe(archive, wanted)
        total = provenance.ratings
        ratings = terminal.count(archive.scan(wanted), total=total, sentence=tell("progress"))
        chunks = write(name, ratings, provenance, pictures_of(settings))
        path = choose_path(out_path, FORMATS[name].file_name(provenance.exported_at))
        if path == STANDARD_OUTPUT:
            sys.stdout.buffer.writelines(chunks)
        else:
            write_whole(path, chunks)
            terminal.err.print(tell("saved", path=path, count=total))


def describe(archive: FeedbackArchive, wanted: FeedbackFilter) -> Provenance:
    """Say what an export of now holds."""
    return provenance_of(
        archive,
        wanted,
        app_version=VERSION,
        exported_at=SystemClock().now(),
        language=LANGUAGE,
    )


def pictures_of(settings: Settings) -> PictureOf:
    """Where the pictures lie that people left."""
    kept = KeptImages(
        settings.data_dir / "kept",
        retention_days=settings.keep_images_days,
        clock=SystemClock(),
    )
    return kept.path_of


def choose_path(out_path: Path | None, file_name: str) -> Path:
    """Return the file that was named, or one in the folder that was named, or in this one."""
    if out_path is None:
        return Path(file_name)
    return out_path / file_name if out_path.is_dir() else out_path


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all, for its owner alone. Raises OSError."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
