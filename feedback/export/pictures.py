"""The pictures behind ratings: named by digest; where one is, if the person left it."""

from collections.abc import Callable
from pathlib import Path

PictureOf = Callable[[str], Path | None]  # the file of a digest, if the picture was kept


def no_pictures(_digest: str) -> None:
    """Answer for a house that keeps none."""


def file_name_of(digest: str) -> str:
    """Return the name under which exports refer to a picture: that of the kept file."""
    return f"{digest}.png"
