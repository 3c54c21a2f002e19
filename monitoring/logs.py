"""Logs as JSON lines, one event a line, secrets masked in the finished text.

Masking sits in the formatter: a filter would miss arguments, tracebacks and other people's loggers.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

MASK = "***"

# What a log record carries by itself; everything else came in through `extra=`.
_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}

_SECRETS = re.compile(
    r"""
    (?P<kept>
        \b(?:basic|bearer)\s+                                     # Authorization: Basic dXNlcjpw
      | ["']?[\w-]*(?:password|passwd|secret|token|authorization|api[_-]?key)
        ["']?\s*[:=]\s*(?:(?:basic|bearer)\s+)?["']?              # password=..., "cookie": "..."
      | \b[a-z][a-z0-9+.-]*://[^\s/:@]*:                          # https://name:password@host
    )
    (?P<secret>[^\s"',;&@}\])]+)
    """,
    re.IGNORECASE | re.VERBOSE,
)

_COOKIES = re.compile(r"""(\bcookie["']?\s*[:=]\s*)[^\r\n]+""", re.IGNORECASE)


def masked(text: str) -> str:
    """Return the text with what looks like a credential replaced by `***`."""
    return _SECRETS.sub(_mask, _COOKIES.sub(rf"\1{MASK}", text))


def _mask(match: re.Match[str]) -> str:
    kept = match["kept"]
    # A port is no password: http://host:7860/ keeps its digits unless an @ follows.
    if kept.endswith(":") and "://" in kept and match.string[match.end() : match.end() + 1] != "@":
        return match[0]
    return kept + MASK


class JsonFormatter(logging.Formatter):
    """One JSON object a line; control characters arrive escaped, so no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        event |= {
            name: masked(str(value)) for name, value in record.__dict__.items() if name not in _OWN
        }
        if record.exc_info:
            event["exception"] = masked(self.formatException(record.exc_info))
        if record.stack_info:
            event["stack"] = masked(self.formatStack(record.stack_info))
        # ASCII only: neither U+2028 nor a terminal's escape reaches the reader.
        return json.dumps(event, ensure_ascii=True)


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every logger's lines from `level` up to `stream` (standard error) through the formatter.

    Loggers that brought handlers of their own, uvicorn's for instance, lose them.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
