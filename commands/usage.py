"""Typer in the language of the terminal: its help pages, and the sentences it refuses with."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from rich.text import Text
from typer import Typer, rich_utils

# Which option was wrong stands only in these classes, and Typer has no public name for them.
from typer._click import Context
from typer._click.exceptions import BadParameter, MissingParameter, NoSuchOption, UsageError
from typer.core import TyperCommand, TyperGroup, TyperOption

from commands.shell import LANGUAGE
from texts import say

HELP_OPTIONS = ("--help", "-h")
# Refusals that are told apart by their sentence alone; the groups are our sentence's facts.
_SENTENCES: Mapping[str, str] = {
    r"Missing command\.": "no_command_given",
    r"Option '(?P<name>[^']+)' requires .*": "no_value",
    r"Option '(?P<name>[^']+)' does not take a value\.": "no_flag_value",
    r"Got unexpected extra argument\(s\) \((?P<names>.*)\)": "too_many",
}


def tell(entry: str, **facts: object) -> str:
    """Return a sentence of `texts/usage.toml`."""
    return say(f"usage.{entry}", LANGUAGE, **facts)


class FoldingHighlighter(rich_utils.OptionHighlighter):
    """Goes on in the next line where Chinese, which has no spaces, would otherwise be cut off."""

    def __call__(self, text: str | Text) -> Text:
        highlighted = super().__call__(text)
        highlighted.overflow = "fold"
        return highlighted


for panel in ("arguments", "options", "commands", "errors"):  # Typer's own words, on every page
    setattr(rich_utils, f"{panel.upper()}_PANEL_TITLE", tell(panel))
rich_utils.REQUIRED_LONG_STRING = tell("required")
rich_utils.DEFAULT_STRING = tell("default", value="{}")
rich_utils.ENVVAR_STRING = tell("environment", value="{}")
rich_utils.ABORTED_TEXT = tell("aborted")
rich_utils.highlighter = FoldingHighlighter()
rich_utils.RICH_HELP = tell("see_help", command="{command_path}", option="{help_option}")


class Command(TyperCommand):
    """A command whose help page and refusals are ours."""

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        return _described(super().get_help_option(ctx))

    def get_usage(self, ctx: Context) -> str:
        return _named(super().get_usage(ctx))


class Group(TyperGroup):
    """A group of commands; refuses in our sentences whatever Typer cannot read below it."""

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        return _described(super().get_help_option(ctx))

    def get_usage(self, ctx: Context) -> str:
        return _named(super().get_usage(ctx))

    def make_context(self, *words: Any, **settings: Any) -> Context:
        with reworded():
            return super().make_context(*words, **settings)

    def invoke(self, ctx: Context) -> Any:
        with reworded():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = get_close_matches(name, self.commands, n=1)
            entry = "no_command_near" if near else "no_command"
            ctx.fail(tell(entry, name=name, near="".join(near)))
        return super().resolve_command(ctx, args)


class Commands(Typer):
    """A group of commands in our words; `name` is left out where its commands stand on top."""

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        super().__init__(
            name=name,
            cls=Group,
            no_args_is_help=not settings.get("invoke_without_command", False),
            add_completion=False,
            pretty_exceptions_enable=False,
            options_metavar=tell("options_metavar"),
            subcommand_metavar=tell("command_metavar"),
            context_settings={"help_option_names": HELP_OPTIONS},
            **settings,
        )

    def command(  # type: ignore[override] # all else that Typer takes passes through
        self, name: str | None = None, **settings: Any
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Add a function as a command."""
        metavar = tell("options_metavar")
        return super().command(name, cls=Command, options_metavar=metavar, **settings)


@contextmanager
def reworded() -> Iterator[None]:
    """Let what Typer refuses be refused in our words; help pages and unknown refusals pass."""
    try:
        yield
    except UsageError as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        raise UsageError(sentence, ctx=error.ctx) from None


def sentence_of(error: UsageError) -> str | None:
    """Return our sentence for a refusal of Typer's, or None when its own has to do."""
    match error:
        case MissingParameter():
            return tell("missing", name=_name_of(error))
        case BadParameter(param=param, ctx=ctx) if param is not None and ctx is not None:
            return tell("bad_value", name=_name_of(error), kind=param.display_type(ctx))
        case NoSuchOption(option_name=name, possibilities=near):
            entry = "no_option_near" if near else "no_option"
            return tell(entry, name=name, near=", ".join(sorted(near or ())))
    for pattern, entry in _SENTENCES.items():
        if found := re.fullmatch(pattern, error.message):
            return tell(entry, **found.groupdict())
    return None


def _name_of(error: BadParameter) -> str:
    """How the parameter is written: `--format`, or `PATH`."""
    return error.param.get_error_hint().replace("'", "") if error.param else ""


def _described(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.help = tell("help_option")
    return option


def _named(usage: str) -> str:
    return usage.replace("Usage: ", tell("usage"), 1)
