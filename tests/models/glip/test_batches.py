from models.glip.batches import stack_alike


def test_only_rows_of_one_kind_share_a_batch() -> None:
    groups = stack_alike(["a", "bb", "c", "dd", "e"], len, 2)
    assert list(groups) == [["a", "c"], ["e"], ["bb", "dd"]]


def test_nothing_makes_no_batch() -> None:
    assert list(stack_alike([], len, 2)) == []
