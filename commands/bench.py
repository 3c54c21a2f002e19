"""`cli.py bench`: how fast this machine answers."""

from typing import Annotated

import typer

from commands.detect import Model, load_detector
from commands.shell import errors_said, read_settings, tell, terminal
from commands.usage import Commands

app = Commands()

Rounds = Annotated[int, typer.Option(min=1, help=tell("bench_rounds_help"))]
Questions = Annotated[int, typer.Option(min=1, help=tell("bench_questions_help"))]


@app.command(help=tell("bench_help"))
def bench(*, model: Model = None, rounds: Rounds = 5, questions: Questions = 16) -> None:
    from tools.bench_serving import measure  # noqa: PLC0415 - what serves is slow to import

    settings = read_settings()
    with errors_said():
        detector = load_detector(model or settings.model, settings)
    cache, batches = measure(detector, rounds=rounds, questions=questions)
    terminal.out.print(tell("bench_columns"))
    terminal.out.print(f"{cache}   {tell('bench_cache')}")
    terminal.out.print(f"{batches}   {tell('bench_batches', count=questions)}")
