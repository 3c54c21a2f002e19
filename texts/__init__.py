"""What we say, in Chinese and English: one catalogue for pages, API errors and the command line.

`texts/<file>.toml` holds one table a sentence with its `en` and `zh` side by side.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "en"


@cache
def catalogue() -> Mapping[str, Mapping[Language, str]]:
    """Every sentence, keyed `file.entry`."""
    return {
        f"{file.stem}.{entry}": sentence
        for file in sorted(Path(__file__).parent.glob("*.toml"))
        for entry, sentence in tomllib.loads(file.read_text("utf-8")).items()
    }


def say(key: str, language: Language, **facts: object) -> str:
    """Return the sentence `key` (`file.entry`) with its placeholders filled by `facts`.

    Raises KeyError for an unknown key or a placeholder without a fact.
    """
    return catalogue()[key][language].format(**facts)


def choose_language(accept_language: str | None) -> Language:
    """Return our language that an `Accept-Language` header (RFC 9110, 12.5.4) ranks first."""
    best: Language = DEFAULT_LANGUAGE
    best_quality = 0.0
    for item in (accept_language or "").split(","):
        tag, _, parameters = item.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES and (quality := _quality(parameters)) > best_quality:
            best, best_quality = language, quality
    return best


def terminal_language(environment: Mapping[str, str]) -> Language:
    """Return the language of a terminal with these variables (POSIX locale, in its order)."""
    locales = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, locales), "")
    return "zh" if locale.lower().startswith("zh") else DEFAULT_LANGUAGE


def _quality(parameters: str) -> float:
    """Parse `q=0.8`; absent means 1, nonsense means 0."""
    name, _, value = parameters.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
