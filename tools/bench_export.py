"""Measure exports: how fast they are, and that memory does not grow with what is exported.

    python -m tools.bench_export [--ratings 100000] [--formats jsonl csv parquet coco]

The ratings lie in a real archive in a temporary folder. Each format is written by a process of its
own, which first exports 100 ratings to have everything loaded; `growth` is what its peak of
resident memory rises by after that.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from accounts.user import Role
from detection.prompt import Prompt
from detection.result import Detections, Timings
from feedback.archive import FeedbackFilter
from feedback.database import Database
from feedback.export.formats import FormatName, write
from feedback.export.provenance import Provenance
from feedback.record import BoxVerdict, Feedback, MissedBox, Verdict
from feedback.sqlite import SqliteFeedbackStore
from feedback.sqlite_archive import SqliteArchive
from utils.clock import SystemClock

ROOT = Path(__file__).parent.parent
START = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = FeedbackFilter()
WARM_UP = 100
# A picture has four ratings, a session ten; each row is the first one under other names.
_MULTIPLY = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
INSERT INTO feedback ({columns}) SELECT {values} FROM feedback, numbers
"""
_VARIED = {
    "id": "printf('%064x', n)",
    "result_id": "printf('%032x', n)",
    "session_id": "printf('%032x', n / 10)",
    "image_digest": "printf('%064x', n / 4)",
    "comment": "comment || n",
    "at": "at + n",
}


def some_feedback() -> Feedback:
    """Return a rating of eight boxes; the four that were shown are judged, one is drawn."""
    corners = np.arange(16, dtype=np.float32).reshape(8, 2) * np.float32(25.3)
    prompt = Prompt.parse("a dog . the red cup . 一只猫")
    detections = Detections.ranked(
        xyxy=np.hstack([corners, corners + np.float32(90.7)]),
        scores=np.linspace(0.9, 0.4, 8),
        phrase_index=np.arange(8) % 3,
        phrase_scores=np.full((8, 3), 1 / 7),
        phrase_count=3,
    )
    said = (Verdict.RIGHT, Verdict.WRONG, Verdict.WRONG_LABEL, Verdict.RIGHT)
    verdicts = tuple(
        BoxVerdict(
            index=index,
            verdict=verdict,
            phrase="a cat" if verdict is Verdict.WRONG_LABEL else "",
        )
        for index, verdict in enumerate(said)
    )
    return Feedback(
        id="f" * 64,
        edit=1,
        session_id="0" * 32,
        user="bench",
        role=Role.GUEST,
        result_id="0" * 32,
        rating=4,
        comment="=Mostly right, but the cup 杯子 is missing. " * 3,
        prompt=prompt,
        model_id="glip-nano",
        revision="0123456789ab",
        variant="default",
        image_digest="0" * 64,
        size_wh=(640, 480),
        detections=detections,
        threshold=0.65,
        language="en",
        timings=Timings(queue_ms=0.1, prepare_ms=1.5, model_ms=20.25, total_ms=21.85),
        at=START,
        verdicts=verdicts,
        missed=(MissedBox(phrase="the red cup", xyxy=(10.0, 20.0, 110.5, 220.25)),),
    )


def fill(path: Path, ratings: int) -> None:
    """Make an archive of so many ratings."""
    SqliteArchive(path).close()  # the archive's triggers come first
    with closing(SqliteFeedbackStore(path, clock=SystemClock())) as store:
        store.record(some_feedback())
    with closing(Database(path)) as database, database.transaction() as connection:
        columns = [row["name"] for row in connection.execute("PRAGMA table_info(feedback)")]
        values = ", ".join(_VARIED.get(column, column) for column in columns)
        statement = _MULTIPLY.format(columns=", ".join(columns), values=values)
        connection.execute(statement, (ratings - 1,))


def export(archive: SqliteArchive, name: FormatName, limit: int | None = None) -> int:
    """Write a file to nowhere; return its bytes."""
    provenance = Provenance(
        app_version="bench", exported_at=START, wanted=EVERYTHING, ratings=0, pending=0, note=""
    )
    chunks = write(name, islice(archive.scan(EVERYTHING), limit), provenance)
    return sum(map(len, chunks))


def measure(path: Path, name: FormatName) -> str:
    """Export everything once; return a line of figures."""
    with closing(SqliteArchive(path)) as archive:
        total = archive.summary(EVERYTHING).total
        export(archive, name, WARM_UP)
        before = peak_mib()
        started, cpu_started = time.perf_counter(), time.process_time()
        size = export(archive, name)
        seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu_started
    megabytes, peak = size / 1e6, peak_mib()
    return (
        f"{name.value:<12} ratings={total} MB={megabytes:.1f} seconds={seconds:.1f}"
        f" cpu_s={cpu_s:.1f} MB/s={megabytes / seconds:.1f} peak_MiB={peak:.0f}"
        f" growth_MiB={peak - before:.0f}"
    )


def peak_mib() -> float:
    """Return the most resident memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def archive_of(ratings: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "glip.sqlite3"
        fill(path, ratings)
        yield path


def measure_apart(path: Path, name: FormatName) -> str:
    """Measure in a process of its own; return its line."""
    command = [sys.executable, "-m", "tools.bench_export", "--archive", str(path)]
    command += ["--formats", name.value]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603 -- ourselves


def main(words: Sequence[str] | None = None) -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--ratings", type=int, default=100_000)
    arguments.add_argument(
        "--formats", type=FormatName, nargs="+", default=list(FormatName), choices=list(FormatName)
    )
    arguments.add_argument("--archive", type=Path, help="measure this one, in this process")
    chosen = arguments.parse_args(words)
    if chosen.archive:
        for name in chosen.formats:
            print(measure(chosen.archive, name))
        return
    with archive_of(chosen.ratings) as path:
        for name in chosen.formats:
            print(measure_apart(path, name), end="", flush=True)


if __name__ == "__main__":
    main()
