"""Who may share a batch: rows that are alike as they are, so that none is padded for another."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def stack_alike(rows: Iterable[T], kind: Callable[[T], Hashable], most: int) -> Iterator[list[T]]:
    """Groups of at most `most` rows of one kind, in order of first appearance."""
    kinds: dict[Hashable, list[T]] = {}
    for row in rows:
        kinds.setdefault(kind(row), []).append(row)
    for alike in kinds.values():
        yield from (alike[start : start + most] for start in range(0, len(alike), most))
