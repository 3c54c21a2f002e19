"""Ratings sorted by picture, for formats that list pictures, classes and boxes apart.

They lie in a temporary database of SQLite that spills to disk and vanishes when it is closed.
A box is known by picture, class and corners, so the same answer rated twice is one box; it is
held to be true if more people said so than denied it. Phrases that differ only in case or width
are one class: trainers fold them anyway.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, Self

from feedback.export.judged import ShownBox, clipped, is_judged, is_settled, name_of, shown_boxes
from feedback.record import Feedback, Verdict, Xyxy

_CORNERS = "x1 REAL, y1 REAL, x2 REAL, y2 REAL"
_SCHEMA = f"""
PRAGMA cache_size = -16384;                -- KiB; what is more lies on the disk
CREATE TABLE pictures (
    id INTEGER PRIMARY KEY, digest TEXT UNIQUE, width INTEGER, height INTEGER,
    ratings INTEGER, judged INTEGER, settled INTEGER
);
CREATE TABLE classes (id INTEGER PRIMARY KEY, folded TEXT UNIQUE, name TEXT, label INTEGER);
CREATE TABLE truths (
    picture INTEGER, class INTEGER, {_CORNERS}, votes INTEGER,
    PRIMARY KEY (picture, class, x1, y1, x2, y2)
) WITHOUT ROWID;
CREATE TABLE predictions (
    picture INTEGER, class INTEGER, {_CORNERS}, model_id TEXT, revision TEXT, variant TEXT,
    score REAL, right INTEGER DEFAULT 0, wrong INTEGER DEFAULT 0, wrong_label INTEGER DEFAULT 0,
    PRIMARY KEY (picture, class, x1, y1, x2, y2, model_id, revision, variant)
) WITHOUT ROWID;
"""
_COUNT_PICTURE = """
INSERT INTO pictures (digest, width, height, ratings, judged, settled) VALUES (?, ?, ?, 1, ?, ?)
ON CONFLICT (digest) DO UPDATE SET ratings = ratings + 1, judged = judged OR excluded.judged,
    settled = settled OR excluded.settled
RETURNING id
"""
_NAME_CLASS = """
INSERT INTO classes (folded, name) VALUES (?, ?) ON CONFLICT (folded) DO UPDATE SET id = id
RETURNING id
"""
_VOTE = """
INSERT INTO truths VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET votes = votes + excluded.votes
"""
_PREDICT = """
INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET right = right + excluded.right, wrong = wrong + excluded.wrong,
    wrong_label = wrong_label + excluded.wrong_label
"""
# Trainers count labels from 0 without a gap, and want none that has no box.
_LABEL_CLASSES = """
UPDATE classes SET label = numbered.label FROM (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS label FROM classes
    WHERE id IN (SELECT class FROM truths WHERE votes > 0)
) AS numbered WHERE numbered.id = classes.id
"""


class Picture(NamedTuple):
    """A picture that was asked about; its size in pixels."""

    id: int  # from 1, in the order of the first ratings
    digest: str
    width: int
    height: int
    ratings: int
    judged: int  # 1 if somebody said anything of single boxes
    settled: int  # 1 if somebody judged every box that was shown


class ClassName(NamedTuple):
    """A phrase as the name of a class, as it was first typed."""

    id: int  # from 1, in the order of appearance
    name: str
    label: int | None  # from 0, of the classes with true boxes


class Truth(NamedTuple):
    """A box that is held to be true; corners in pixels."""

    picture_id: int
    class_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    votes: int  # those who said so, less those who denied it


class Labelled(NamedTuple):
    """A true box of one picture; corners in pixels."""

    label: int
    name: str
    x1: float
    y1: float
    x2: float
    y2: float


class Prediction(NamedTuple):
    """A box as a model gave it, with how many said what of it; corners in pixels."""

    picture_id: int
    class_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    model_id: str
    revision: str
    variant: str
    score: float
    right: int
    wrong: int
    wrong_label: int


class Spool:
    """Made of ratings; close it to be rid of its file. Not thread-safe."""

    def __init__(self, records: Iterable[Feedback]) -> None:
        # An empty name is a temporary database; the thread may change between two chunks.
        self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._database.execute("BEGIN")
        for feedback in records:
            self._add(feedback)
        self._database.execute(_LABEL_CLASSES)

    def pictures(self) -> Iterator[Picture]:
        rows = self._database.execute("SELECT * FROM pictures ORDER BY id")
        return map(Picture._make, rows)

    def classes(self) -> Iterator[ClassName]:
        rows = self._database.execute("SELECT id, name, label FROM classes ORDER BY id")
        return map(ClassName._make, rows)

    def truths(self) -> Iterator[Truth]:
        rows = self._database.execute("SELECT * FROM truths WHERE votes > 0")
        return map(Truth._make, rows)

    def predictions(self) -> Iterator[Prediction]:
        return map(Prediction._make, self._database.execute("SELECT * FROM predictions"))

    def labels(self) -> Iterator[ClassName]:
        """Yield the classes that have true boxes, by label."""
        return (name for name in self.classes() if name.label is not None)

    def labelled_pictures(self) -> Iterator[tuple[Picture, list[Labelled]]]:
        """Yield the settled pictures with their true boxes, of which there may be none."""
        rows = self._database.execute(
            "SELECT pictures.*, label, name, x1, y1, x2, y2 FROM pictures"
            " LEFT JOIN truths ON picture = pictures.id AND votes > 0"
            " LEFT JOIN classes ON classes.id = class WHERE settled ORDER BY pictures.id"
        )
        size = len(Picture._fields)
        for picture, group in groupby(rows, lambda row: Picture._make(row[:size])):
            yield picture, [Labelled._make(row[size:]) for row in group if row[size] is not None]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _add(self, feedback: Feedback) -> None:
        size = feedback.size_wh
        state = (is_judged(feedback), is_settled(feedback))
        picture = self._id(_COUNT_PICTURE, feedback.image_digest, *size, *state)
        for box in shown_boxes(feedback):
            if (corners := clipped(box.xyxy, size)) is not None:
                self._predict(picture, box, corners, feedback)
        for missed in feedback.missed:
            if (corners := clipped(missed.xyxy, size)) is not None:
                self._vote(picture, missed.phrase, corners, 1)

    def _predict(self, picture: int, box: ShownBox, xyxy: Xyxy, feedback: Feedback) -> None:
        source = (feedback.model_id, feedback.revision, feedback.variant, round(box.score, 4))
        said = (box.verdict is verdict for verdict in Verdict)
        values = (picture, self._class(box.phrase), *xyxy, *source, *said)
        self._database.execute(_PREDICT, values)
        if box.verdict is not None:
            self._vote(picture, box.phrase, xyxy, 1 if box.verdict is Verdict.RIGHT else -1)
        if box.right_phrase:
            self._vote(picture, box.right_phrase, xyxy, 1)

    def _vote(self, picture: int, phrase: str, xyxy: Xyxy, vote: int) -> None:
        self._database.execute(_VOTE, (picture, self._class(phrase), *xyxy, vote))

    def _class(self, phrase: str) -> int:
        name = name_of(phrase)
        folded = unicodedata.normalize("NFKC", name).casefold()
        return self._id(_NAME_CLASS, folded, name)

    def _id(self, statement: str, *values: str | int) -> int:
        return int(self._database.execute(statement, values).fetchone()[0])
