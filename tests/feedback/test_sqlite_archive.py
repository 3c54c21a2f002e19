from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.archive import MAX_PAGE_SIZE, FeedbackFilter
from feedback.sqlite import SqliteFeedbackStore
from feedback.sqlite_archive import SqliteArchive
from tests.feedback.archive_contract import ArchiveContract, Shelf, rating_of

ALL = FeedbackFilter()
CUPS = FeedbackFilter(text="cups")


@pytest.fixture
def archive(path: Path) -> Iterator[SqliteArchive]:
    archive = SqliteArchive(path)
    yield archive
    archive.close()


class TestContract(ArchiveContract):
    """The archive over the table the store writes."""

    @pytest.fixture
    def shelf(self, store: SqliteFeedbackStore, archive: SqliteArchive) -> Shelf:
        return Shelf(archive, store.record)


def test_a_page_is_never_larger_than_the_most(
    store: SqliteFeedbackStore, archive: SqliteArchive
) -> None:
    fill(store, MAX_PAGE_SIZE + 1)
    page = archive.search(ALL, size=10**9)
    assert (len(page.items), page.total) == (MAX_PAGE_SIZE, MAX_PAGE_SIZE + 1)


def test_a_scan_reads_piece_by_piece(store: SqliteFeedbackStore, archive: SqliteArchive) -> None:
    fill(store, 1_001)
    scanned = [int(feedback.result_id, 16) for feedback in archive.scan(ALL)]
    assert scanned == list(range(1_001))


def test_a_scan_keeps_no_reader_open(store: SqliteFeedbackStore, archive: SqliteArchive) -> None:
    fill(store, 3)
    scan = archive.scan(ALL)
    next(scan)
    assert not archive._database.connection.in_transaction
    checkpoint = store._database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert checkpoint.fetchone()["busy"] == 0


def test_what_was_taken_back_is_not_found(
    store: SqliteFeedbackStore, archive: SqliteArchive
) -> None:
    feedback = store.record(rating_of(0, comment="three cups"))
    assert archive.search(CUPS).total == 1
    store.remove(feedback.session_id, feedback.result_id)
    assert archive.search(CUPS).total == 0
    assert words_kept(archive) == 0


def test_ratings_from_before_there_was_an_index_are_found(
    store: SqliteFeedbackStore, path: Path
) -> None:
    fill(store, 3, comment="three cups")
    archive = SqliteArchive(path)
    assert archive.search(CUPS).total == 3
    assert len(list(archive.scan(ALL))) == 3
    archive.close()


def test_a_table_that_was_made_anew_is_read_anew(
    store: SqliteFeedbackStore, archive: SqliteArchive, path: Path
) -> None:
    fill(store, 3, comment="three cups")
    with store._database.transaction() as connection:
        query = "SELECT sql FROM sqlite_schema WHERE name = 'feedback'"
        table = connection.execute(query).fetchone()["sql"]
        connection.execute("ALTER TABLE feedback RENAME TO feedback_old")
        connection.execute(table)
        connection.execute(
            "INSERT INTO feedback SELECT * FROM feedback_old WHERE result_id LIKE '%0'"
        )
        connection.execute("DROP TABLE feedback_old")
    reopened = SqliteArchive(path)
    store.record(rating_of(7, comment="more cups"))
    assert reopened.search(CUPS).total == 2
    assert words_kept(reopened) == 2
    reopened.close()


def test_opening_again_changes_nothing(
    store: SqliteFeedbackStore, archive: SqliteArchive, path: Path
) -> None:
    fill(store, 3, comment="three cups")
    again = SqliteArchive(path)
    assert again.search(CUPS).total == archive.search(CUPS).total == words_kept(again) == 3
    again.close()


def test_filters_and_counts_read_no_boxes(archive: SqliteArchive) -> None:
    plan = archive._database.select(
        "EXPLAIN QUERY PLAN SELECT COUNT(*), AVG(rating) FROM feedback"
        " WHERE at >= 0 AND user = 'ann' GROUP BY model_id, variant"
    )
    assert "COVERING INDEX feedback_by_facts" in plan[0]["detail"]


def fill(store: SqliteFeedbackStore, count: int, **changes: str) -> None:
    """Record ratings without waiting for the disk."""
    store._database.connection.execute("PRAGMA synchronous = OFF")
    for number in range(count):
        store.record(rating_of(number, **changes))


def words_kept(archive: SqliteArchive) -> int:
    return int(archive._database.select("SELECT COUNT(*) AS count FROM feedback_text")[0]["count"])
