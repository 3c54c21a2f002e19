"""The archive in SQLite: the ratings' own table, and beside it a text index that triggers keep."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from feedback.archive import (
    DayCount,
    FeedbackFilter,
    FeedbackPage,
    FeedbackSummary,
    VariantCount,
    bounds_of,
)
from feedback.database import Database
from feedback.record import Feedback
from feedback.sqlite import feedback_of
from feedback.sqlite_text import TEXT_INDEX, text_condition

_SCANNED_AT_ONCE = 500

# Holds every column that a filter looks at: counting 100,000 ratings reads none of their boxes.
_FACTS = """
CREATE INDEX IF NOT EXISTS feedback_by_facts ON feedback
    (at, id, rating, model_id, variant, user, session_id)
"""
_PAGE = """
SELECT * FROM feedback WHERE id IN
    (SELECT id FROM feedback WHERE {where} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?)
ORDER BY at DESC, id DESC
"""
# By number, which an edit does not change: by time, one that is edited meanwhile would come twice.
_SCAN = """
SELECT number, feedback.* FROM feedback_numbers JOIN feedback USING (id)
WHERE number > ? AND number <= ? AND {where} ORDER BY number LIMIT ?
"""
_PER_DAY = """
SELECT date(at, 'unixepoch') AS day, COUNT(*) AS count, AVG(rating) AS mean
FROM feedback WHERE {where} GROUP BY day ORDER BY day
"""
_PER_VARIANT = """
SELECT model_id, variant, COUNT(*) AS count, AVG(rating) AS mean
FROM feedback WHERE {where} GROUP BY model_id, variant ORDER BY model_id, variant
"""
_PER_RATING = "SELECT rating, COUNT(*) AS count FROM feedback WHERE {where} GROUP BY rating"

Values = list[str | float]


class SqliteArchive:
    """A FeedbackArchive over the file at `database_path`. Safe to use from several threads."""

    def __init__(self, database_path: Path) -> None:
        self._database = Database(database_path)
        with self._database.transaction() as connection:
            for statement in (_FACTS, *TEXT_INDEX):
                connection.execute(statement)

    def search(self, wanted: FeedbackFilter, *, page: int = 1, size: int = 20) -> FeedbackPage:
        where, values = _where(wanted)
        offset, limit = bounds_of(page, size)
        rows = self._database.select(_PAGE.format(where=where), *values, limit, offset)
        count = f"SELECT COUNT(*) AS total FROM feedback WHERE {where}"  # noqa: S608 -- our own words
        total = self._database.select(count, *values)[0]["total"]
        return FeedbackPage(items=tuple(map(feedback_of, rows)), total=total)

    def scan(self, wanted: FeedbackFilter) -> Iterator[Feedback]:
        """Yield in the order in which they were first given; those that come meanwhile are left."""
        where, values = _where(wanted)
        newest = "SELECT IFNULL(MAX(number), 0) AS number FROM feedback_numbers"
        last, seen = self._database.select(newest)[0]["number"], 0
        query = _SCAN.format(where=where)
        while rows := self._database.select(query, seen, last, *values, _SCANNED_AT_ONCE):
            yield from map(feedback_of, rows)
            seen = rows[-1]["number"]

    def summary(self, wanted: FeedbackFilter) -> FeedbackSummary:
        where, values = _where(wanted)
        days, variants, ratings = (
            self._database.select(query.format(where=where), *values)
            for query in (_PER_DAY, _PER_VARIANT, _PER_RATING)
        )
        counts = {row["rating"]: row["count"] for row in ratings}
        return FeedbackSummary(
            total=sum(counts.values()),
            per_day=tuple(
                DayCount(day=date.fromisoformat(row["day"]), count=row["count"], mean=row["mean"])
                for row in days
            ),
            per_variant=tuple(VariantCount(**dict(row)) for row in variants),
            ratings={points: counts.get(points, 0) for points in range(1, 6)},
        )

    def find(self, feedback_id: str) -> Feedback | None:
        rows = self._database.select("SELECT * FROM feedback WHERE id = ?", feedback_id)
        return feedback_of(rows[0]) if rows else None

    def pending(self) -> int:
        """Nothing: what is acknowledged is here."""
        return 0

    def close(self) -> None:
        self._database.close()


def _where(wanted: FeedbackFilter) -> tuple[str, Values]:
    """Return a condition with question marks for everything that came from outside."""
    conditions, values = ["TRUE"], Values()
    for condition, moment in (("at >= ?", wanted.since), ("at < ?", wanted.until)):
        if moment is not None:
            conditions.append(condition)
            values.append(moment.timestamp())
    for column in ("model_id", "variant", "user", "session_id"):
        if value := getattr(wanted, column):
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.ratings:
        conditions.append(f"rating IN ({', '.join('?' * len(wanted.ratings))})")
        values.extend(sorted(wanted.ratings))
    if wanted.text:
        condition, patterns = text_condition(wanted.text)
        conditions.append(condition)
        values.extend(patterns)
    return " AND ".join(conditions), values
