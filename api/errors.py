"""Error class → status, one table; and the handlers that answer with it."""

import math

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from detection.errors import (
    AccountError,
    BadInput,
    DeadlineExceeded,
    GlipError,
    ImageFormat,
    ImageGone,
    ImageTooLarge,
    ModelNotInstalled,
    NotAllowed,
    ResultNotFound,
    TooManyRequests,
    Unavailable,
    UserUnknown,
)
from gate.problems import problem_response

STATUS: dict[type[GlipError], int] = {
    BadInput: 422,
    ImageTooLarge: 413,
    ImageFormat: 415,
    NotAllowed: 403,
    ResultNotFound: 404,
    ImageGone: 410,
    TooManyRequests: 429,
    Unavailable: 503,
    ModelNotInstalled: 409,
    DeadlineExceeded: 504,
    AccountError: 409,
    UserUnknown: 404,
}


def status_of(error: GlipError | type[GlipError]) -> int:
    """Return the HTTP status of the nearest class in the table."""
    kind = error if isinstance(error, type) else type(error)
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def add_error_handlers(app: FastAPI) -> None:
    """Let `app` answer our errors and unreadable requests as problems."""
    app.add_exception_handler(GlipError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_unreadable)


async def _answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, GlipError)  # noqa: S101 - the registration above guarantees it
    headers = {}
    if isinstance(retry := error.facts.get("retry_after_s"), int | float):
        headers["Retry-After"] = str(max(1, math.ceil(retry)))
    return problem_response(
        status_of(error),
        f"errors.{error.key}",
        request.state.language,
        facts=error.facts,
        headers=headers,
        wants_html=False,
        request_id=request.state.request_id,
    )


async def _answer_unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - likewise
    fields = sorted({".".join(map(str, fault["loc"][1:])) or "body" for fault in error.errors()})
    return problem_response(
        422,
        "errors.unreadable_request",
        request.state.language,
        facts={"fields": ", ".join(fields)[:200]},
        headers={},
        wants_html=False,
        request_id=request.state.request_id,
    )
