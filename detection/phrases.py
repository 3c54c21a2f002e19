"""Where the phrases of a prompt lie."""

import re
from collections.abc import Iterator

_SEPARATORS = re.compile(r"[.,;\n\r。，、；]+")

Span = tuple[int, int]


def find_phrases(text: str, vocabulary: frozenset[str]) -> list[Span]:
    """Return the spans (half-open code points) of the noun phrases in `text`, in order."""
    return list(_segments(text))


def _segments(text: str) -> Iterator[Span]:
    at = 0
    for separator in [*_SEPARATORS.finditer(text), None]:
        end = separator.start() if separator else len(text)
        segment = text[at:end]
        if segment.strip():
            start = at + len(segment) - len(segment.lstrip())
            yield start, start + len(segment.strip())
        at = separator.end() if separator else end
