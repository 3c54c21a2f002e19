"""`cli.py models`: which models there are, which of them are installed, and what each knows."""

import typer

from commands.model_fetch import fetch
from commands.shell import read_settings, tell, terminal
from commands.usage import Commands
from models.catalogue import MODELS

app = Commands("models", help=tell("models_help"), invoke_without_command=True)
app.command(help=tell("fetch_help"))(fetch)


@app.callback()
def list_models(context: typer.Context) -> None:
    if context.invoked_subcommand:
        return
    settings = read_settings()
    missing = {entry: entry.list_missing(settings.models_dir) for entry in MODELS.values()}
    for entry in sorted(missing, key=lambda entry: len(missing[entry]) > 0):
        is_default = entry.name == settings.model
        terminal.print_model(entry, missing[entry], is_default=is_default)
    terminal.out.print(tell("models_folder", path=settings.models_dir))
