"""Which characters no text of a person may hold: they hide, forge or break what is shown."""

import unicodedata

_WHITE = frozenset("\t\r\n")
# Marks, embeddings, overrides and isolates that turn the reading direction (UAX 9).
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def is_refused(character: str) -> bool:
    """Say whether it is a control, turns the reading direction, or is half of a surrogate pair."""
    if character in _BIDI_CONTROLS:
        return True
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in _WHITE
