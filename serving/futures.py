"""Answering futures that somebody else may answer, cancel or give up at the same moment."""

import random
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, TypeVar

from detection.errors import GlipError, Overloaded

Value = TypeVar("Value")


def answer(future: Future[Value], value: Value) -> None:
    """Set the result, unless the future is done already."""
    with suppress(InvalidStateError):
        future.set_result(value)


def fail(future: Future[Any], error: BaseException) -> None:
    """Set the exception, unless the future is done already."""
    if isinstance(error, GlipError):
        # Its frames would keep somebody's picture alive for as long as anybody keeps the future.
        error.__traceback__ = error.__cause__ = error.__context__ = None
    with suppress(InvalidStateError):
        future.set_exception(error)


def relay(source: Future[Value], target: Future[Value]) -> None:
    """Answer `target` as `source`, which is done, was answered."""
    if source.cancelled():
        target.cancel()
    elif (error := source.exception()) is not None:
        fail(target, error)
    else:
        answer(target, source.result())


def overloaded() -> Overloaded:
    """Return the refusal of a full queue; who is sent away together does not come back together."""
    return Overloaded(retry_after_s=random.uniform(1.0, 3.0))
