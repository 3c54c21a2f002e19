"""Who may share a batch: rows that are alike as they are, so that none is padded for another."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
V = TypeVar("V")


def stack_alike(rows: Iterable[T], kind: Callable[[T], Hashable], most: int) -> Iterator[list[T]]:
    """Groups of at most `most` rows of one kind, in order of first appearance."""
    kinds: dict[Hashable, list[T]] = {}
    for row in rows:
        kinds.setdefault(kind(row), []).append(row)
    for alike in kinds.values():
        yield from (alike[start : start + most] for start in range(0, len(alike), most))


def answer_alike(
    jobs: Sequence[Sequence[T]],
    kind: Callable[[T], Hashable],
    most: int,
    answer: Callable[[Sequence[T]], Iterable[V]],
) -> list[list[V]]:
    """An answer a row of every job, in their order; who is alike is answered in one batch."""
    rows = [row for job in jobs for row in job]
    answers: dict[int, V] = {}
    for mates in stack_alike(range(len(rows)), lambda at: kind(rows[at]), most):
        answers.update(zip(mates, answer([rows[at] for at in mates]), strict=True))
    in_order = iter(answers[at] for at in range(len(rows)))
    return [[next(in_order) for _ in job] for job in jobs]
