"""What people wrote, on its way into HTML: the only place where that happens.

Stored texts stay as they were typed. A component that escapes by itself, a table or a text field,
gets them like that; only what goes into one of our templates passes through here.
"""

import html
from functools import cache
from pathlib import Path

import bleach
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

_TEMPLATES = Path(__file__).parents[2] / "templates"


def display_copy(text: str) -> Markup:
    """Return `text` as HTML that shows it as it was typed, and does nothing.

    Escaped first, so that what looks like a tag is shown and not taken away; then cleaned.
    """
    cleaned = bleach.clean(html.escape(text), tags=(), attributes={}, protocols=(), strip=False)
    # One line, so that Markdown never sees a paragraph of its own.
    return Markup(cleaned.replace("\n", "&#10;"))  # noqa: S704 - just cleaned


def render_html(template: str, **facts: object) -> str:
    """Fill `templates/<template>`; return it on one line, which Markdown takes as it is."""
    filled = _environment().get_template(template).render(facts)
    return "".join(line.strip(" ") for line in filled.split("\n"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["display"] = display_copy
    return environment
