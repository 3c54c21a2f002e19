"""`cli.py feedback`: ratings on their way to Elasticsearch, and those it refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

from api.batch import BAD_INPUT
from commands.shell import LANGUAGE, errors_said, read_settings, terminal
from commands.usage import Commands
from feedback.codec import encode_feedback
from feedback.outbox import Outbox
from texts import say
from utils.clock import SystemClock


def tell(entry: str, **facts: object) -> str:
    """Return a sentence of `texts/outbox.toml`."""
    return say(f"outbox.{entry}", LANGUAGE, **facts)


app = Commands("feedback", help=tell("help"))
dead_letters = Commands("dead-letters", help=tell("dead_help"))
app.add_typer(dead_letters)

Id = Annotated[str, typer.Argument(help=tell("id_help"), metavar="ID")]
IdOrNone = Annotated[str, typer.Argument(help=tell("id_help"), metavar="[ID]")]
All = Annotated[bool, typer.Option("--all", help=tell("all_help"))]


@app.command(help=tell("status_help"))
def status() -> None:
    settings = read_settings()
    url, index = settings.elasticsearch_url, settings.elasticsearch_index
    typer.echo(tell("address", url=url, index=index) if url else tell("no_address"))
    with opened() as outbox:
        backlog = outbox.backlog()
        if url:
            age_s = round(backlog.oldest_age_s)
            typer.echo(tell("waiting", count=backlog.count, age_s=age_s))
        typer.echo(tell("dead", count=outbox.count_dead()))


@app.command(help=tell("resend_help"))
def resend() -> None:
    with opened() as outbox, errors_said():
        typer.echo(tell("resent", count=outbox.resend()))


@dead_letters.command(name="list", help=tell("list_help"))
def list_dead() -> None:
    with opened() as outbox:
        for letter in outbox.dead_letters():
            reason = json.dumps(letter.reason, ensure_ascii=False)
            typer.echo(f"{letter.id}\t{letter.at:%Y-%m-%d %H:%M:%S}\t{reason}")


@dead_letters.command(help=tell("show_help"))
def show(feedback_id: Id) -> None:
    with opened() as outbox:
        found = outbox.dead_letter(feedback_id)
    if found is None:
        refuse_unknown(feedback_id)
    letter, rating = found
    facts = {
        "id": letter.id,
        "edit": letter.edit,
        "at": letter.at.isoformat(),
        "reason": letter.reason,
        "rating": encode_feedback(rating) if rating else None,
    }
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))


@dead_letters.command(help=tell("retry_help"))
def retry(feedback_id: IdOrNone = "", *, every: All = False) -> None:
    if bool(feedback_id) == every:
        terminal.err.print(tell("one_or_all"))
        raise typer.Exit(BAD_INPUT)
    with opened() as outbox, errors_said():
        count = outbox.retry(None if every else feedback_id)
    if not count and not every:
        refuse_unknown(feedback_id)
    typer.echo(tell("resent", count=count))


def refuse_unknown(feedback_id: str) -> NoReturn:
    """Say that there is no such dead letter, and leave."""
    terminal.err.print(tell("unknown", id=feedback_id))
    raise typer.Exit(BAD_INPUT)


@contextmanager
def opened() -> Iterator[Outbox]:
    """The outbox of this installation; works beside a running server."""
    outbox = Outbox(read_settings().database, clock=SystemClock())
    try:
        yield outbox
    finally:
        outbox.close()
