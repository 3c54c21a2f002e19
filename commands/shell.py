"""What every command shares: the terminal and its language, the settings, and how it refuses."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError

from api.batch import BAD_INPUT, FAILED
from config import Settings
from detection.errors import GlipError
from monitoring.doctor import Finding, Level
from terminal import Terminal
from texts import terminal_language

LANGUAGE = terminal_language(os.environ)
terminal = Terminal(LANGUAGE)
tell = terminal.tell


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


def refuse(entry: str, **facts: object) -> NoReturn:
    """Say what cannot be done and leave with the status of bad usage."""
    terminal.err.print(tell(entry, **facts))
    raise typer.Exit(BAD_INPUT)


def read_settings() -> Settings:
    """Read the settings, or say which cannot be used and leave."""
    try:
        return Settings()
    except ValueError as error:
        terminal.print_finding(blame_settings(error), terminal.err)
        raise typer.Exit(BAD_INPUT) from None


def blame_settings(error: ValueError) -> Finding:
    """Name the settings that cannot be used; their values may be secrets and are not shown."""
    if isinstance(error, ValidationError):
        fields = [str(fault["loc"][0]) for fault in error.errors()]
    else:  # a list that is not JSON
        fields = re.findall(r'field "(\w+)"', str(error)) or [str(error)]
    names = [f"GLIP_{name.removeprefix('GLIP_').upper()}" for name in fields]
    return Finding(Level.BROKEN, "settings_bad", {"names": ", ".join(dict.fromkeys(names))})
