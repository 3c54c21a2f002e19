"""Where a prompt's list items and sentences end: separators, and the dots that are none."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

# The first alternative that fits wins: numbers, abbreviations and titles keep their dots.
_MARKS = re.compile(
    r"""
    (?P<item>                                   # what opens a line of a list
        (?m:^) [^\S\n]* (?: \d{1,2}[.)]\s | \d{1,2}、(?=\D) | [-*–]\s )
    ) | (?P<kept>
        \d+ (?: [.,．，:]\d+ )+                 # 1.5   1,000   12:30
      | (?<![^\W_]) (?: [^\W\d_]\. ){2,}        # U.S.
      | (?<![^\W_]) (?i:dr|jr|mr|mrs|ms|sr|st) \. (?=[ \t]+\w)
    ) | (?P<cut>
        [.,;:!?|\n\r\u2028\u2029。，、；：！？．…｡､｜•●·]+
      | (?<=[\u4e00-\u9fff]) [ \t\u3000]+ (?=[\u4e00-\u9fff])    # 狗 猫
      | (?<=[^\W\d_]) / (?=[^\W\d_])            # dog/cat
    )
    """,
    re.VERBOSE,
)


def segments(text: str) -> Iterator[Span]:
    """Return the spans between separators, white space included; empty ones too."""
    at = 0
    for mark in _MARKS.finditer(text):
        if mark.lastgroup != "kept":
            yield at, mark.start()
            at = mark.end()
    yield at, len(text)
