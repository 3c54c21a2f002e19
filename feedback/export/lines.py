"""JSON lines: a whole rating a line, nothing left out; `feedback.codec.decode_feedback` reads it.

The first line carries the provenance too, under `export`, so that every line is a rating.
"""

from collections.abc import Iterable, Iterator

from feedback.codec import encode_feedback
from feedback.export.chunks import dump
from feedback.export.provenance import Provenance
from feedback.record import Feedback


def write_lines(records: Iterable[Feedback], provenance: Provenance) -> Iterator[bytes]:
    """Yield one line a rating, in ASCII, each ended by a line feed."""
    head = {"export": provenance.facts()}
    for feedback in records:
        yield dump({**head, **encode_feedback(feedback)}) + b"\n"
        head = {}
