"""Which error has which status."""

import pytest

from api.errors import status_of
from detection import errors
from detection.errors import GlipError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.ImageMissing(), 422),
        (errors.ImageTooLarge(bytes=2, limit=1), 413),
        (errors.ImageFormat(), 415),
        (errors.PromptEmpty(), 422),
        (errors.NotAllowed(action="export"), 403),
        (errors.ResultNotFound(), 404),
        (errors.TooManyRequests(retry_after_s=1), 429),
        (errors.Overloaded(retry_after_s=1), 503),
        (errors.DeadlineExceeded(), 504),
        (errors.NotSaved(), 503),
        (errors.UserExists(name="x"), 409),
    ],
    ids=lambda value: getattr(value, "key", value),
)
def test_the_nearest_class_of_the_table_decides(error: GlipError, status: int) -> None:
    assert status_of(error) == status
