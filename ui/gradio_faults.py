"""What Gradio prints when an event fails, as a line of our log.

It prints whole tracebacks, and in their last line what was sent: a megabyte of it, if somebody
likes, and in no form that the log's readers know.
"""

import importlib
import logging
import sys
import traceback
from types import SimpleNamespace

logger = logging.getLogger(__name__)


def log_gradio_faults() -> None:
    """Let Gradio's queue tell faults to the log."""
    queueing = importlib.import_module("gradio.queueing")
    names = {**vars(queueing.traceback), "print_exc": _log_fault}
    queueing.traceback = SimpleNamespace(**names)  # type: ignore[attr-defined] # it is there


def _log_fault() -> None:
    """Tell which error it was and where, and nothing of what was sent."""
    error = sys.exception()
    frames = traceback.extract_tb(error.__traceback__) if error else []
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
    logger.warning("Gradio could not carry out an event: %s at %s", type(error).__name__, place)
