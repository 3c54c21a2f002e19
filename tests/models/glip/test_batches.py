from collections.abc import Sequence

from models.glip.batches import answer_alike, stack_alike


def test_only_rows_of_one_kind_share_a_batch() -> None:
    groups = stack_alike(["a", "bb", "c", "dd", "e"], len, 2)
    assert list(groups) == [["a", "c"], ["e"], ["bb", "dd"]]


def test_nothing_makes_no_batch() -> None:
    assert list(stack_alike([], len, 2)) == []


def test_answers_come_back_in_the_order_of_the_jobs() -> None:
    batches: list[list[str]] = []

    def shout(mates: Sequence[str]) -> list[str]:
        batches.append(list(mates))
        return [mate.upper() for mate in mates]

    answers = answer_alike([["a", "bb"], [], ["c", "dd", "e"]], len, 2, shout)
    assert answers == [["A", "BB"], [], ["C", "DD", "E"]]
    assert batches == [["a", "c"], ["e"], ["bb", "dd"]]
