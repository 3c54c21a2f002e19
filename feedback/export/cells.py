"""Text that no spreadsheet takes for a formula, and back again, without loss.

A cell may begin at the start of the text and, where a spreadsheet splits lines otherwise than we
do, after a semicolon, a tab or a line break. White space and quotation marks there are passed over.
"""

import re

# Whatever begins a formula; and the quote itself, so that taking one away always undoes `guard`.
_UNSAFE = "'=+\\-@＝＋－＠"
_RUN = r'(?<![;"\s])([;"\s]*+)'
_BEFORE_UNSAFE = re.compile(f"{_RUN}(?=[{_UNSAFE}])")
_BEFORE_QUOTE = re.compile(f"{_RUN}'")
_SPLITS = frozenset(";\t\r\n")


def guard(text: str) -> str:
    """Put a quote (') before what a spreadsheet would take for a formula."""
    guarded = _BEFORE_UNSAFE.sub(lambda run: run[1] + "'" if _begins_cell(run) else run[1], text)
    return "'" + guarded if text.startswith(("\t", "\r", "\n")) else guarded


def unguard(text: str) -> str:
    """Undo `guard`."""
    return _BEFORE_QUOTE.sub(
        lambda run: run[1] if run[1] and _begins_cell(run) else run[0], text.removeprefix("'")
    )


def _begins_cell(run: re.Match[str]) -> bool:
    return run.start() == 0 or not _SPLITS.isdisjoint(run[1])
