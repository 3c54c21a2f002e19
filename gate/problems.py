"""How the door says no: problem+json (RFC 9457) for programs, a page for people."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template
from starlette.responses import HTMLResponse, JSONResponse, Response

from gate.content_policy import digest_of
from texts import LANGUAGES, Language, say

ROOT = Path(__file__).parent.parent
HTML_LANG: Mapping[Language, str] = {"en": "en", "zh": "zh-CN"}
# Statuses with a headline of their own; the others share the general one.
HEADLINES = frozenset({401, 403, 404, 413, 429, 500, 503})


def problem_response(
    status: int,
    key: str,
    language: Language,
    *,
    facts: Mapping[str, object],
    headers: Mapping[str, str],
    wants_html: bool,
    request_id: str,
) -> Response:
    """Return the answer that says the sentence `key` (`file.entry`) in the asker's language."""
    sentence = {other: say(key, other, **facts) for other in LANGUAGES}
    if wants_html:
        return _page(status, sentence, language, headers, request_id)
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence[language],
        "code": key.partition(".")[2],
        "request_id": request_id,
    }
    return JSONResponse(problem, status, headers, "application/problem+json")


def _page(
    status: int,
    sentence: Mapping[Language, str],
    language: Language,
    headers: Mapping[str, str],
    request_id: str,
) -> HTMLResponse:
    """The asker's language first, the other below it."""
    headline = f"gate.headline_{status}" if status in HEADLINES else "gate.headline"
    sayings = [
        {
            "lang": HTML_LANG[other],
            "headline": say(headline, other),
            "sentence": sentence[other],
            "back": say("gate.back", other),
            "request": say("gate.request_name", other, request_id=request_id),
        }
        for other in sorted(LANGUAGES, key=lambda other: other != language)
    ]
    style = _style()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest_of(style.encode())}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    page = _template().render(status=status, sayings=sayings, style=style)
    return HTMLResponse(page, status, {**headers, "Content-Security-Policy": policy})


@cache
def _template() -> Template:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, trim_blocks=True
    ).get_template("problem.html")


@cache
def _style() -> str:
    """In the page itself: nobody who is refused could fetch it."""
    return (ROOT / "static" / "problem.css").read_text("utf-8")
