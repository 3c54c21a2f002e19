"""Parquet for notebooks: a row a rating, boxes as lists of structs, numbers unrounded.

The provenance is JSON in the file's metadata, under `glip_export`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from feedback.export.chunks import Outlet, dump
from feedback.export.judged import ShownBox, shown_boxes
from feedback.export.provenance import Provenance
from feedback.record import Feedback, Xyxy

METADATA_KEY = b"glip_export"
ROWS_A_GROUP = 1_000  # in memory at once
_CORNERS = [(name, pa.float64()) for name in ("x1", "y1", "x2", "y2")]
_BOX = pa.struct(
    [
        ("phrase", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("score", pa.float64()),
        *_CORNERS,
        ("verdict", pa.string()),
        ("right_phrase", pa.string()),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("edit", pa.int32()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("user", pa.string()),
        ("role", pa.string()),
        ("session_id", pa.string()),
        ("result_id", pa.string()),
        ("rating", pa.int8()),
        ("comment", pa.string()),
        ("prompt", pa.string()),
        ("phrases", pa.list_(pa.string())),
        ("boxes", pa.list_(_BOX)),
        ("missed", pa.list_(pa.struct([("phrase", pa.string()), *_CORNERS]))),
        ("threshold", pa.float64()),
        ("model_id", pa.string()),
        ("revision", pa.string()),
        ("variant", pa.string()),
        ("image_sha256", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("image_kept", pa.bool_()),
        ("language", pa.string()),
        (
            "timings",
            pa.struct(
                [(f"{leg}_ms", pa.float64()) for leg in ("queue", "prepare", "model", "total")]
            ),
        ),
        ("schema", pa.int16()),
    ]
)


def write_parquet(records: Iterable[Feedback], provenance: Provenance) -> Iterator[bytes]:
    """Yield a Parquet file (zstd), a row group at a time."""
    schema = SCHEMA.with_metadata({METADATA_KEY: dump(provenance.facts())})
    ratings = iter(records)
    outlet = Outlet()
    with ParquetWriter(outlet, schema, compression="zstd") as writer:
        while rows := [_row(feedback) for feedback in islice(ratings, ROWS_A_GROUP)]:
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            yield outlet.take()
    yield outlet.take()


def _row(feedback: Feedback) -> Mapping[str, Any]:
    named = {name: getattr(feedback, name, None) for name in SCHEMA.names}
    return named | {
        "role": feedback.role.value,
        "prompt": feedback.prompt.text,
        "phrases": [phrase.text for phrase in feedback.prompt.phrases],
        "boxes": [_box(box) for box in shown_boxes(feedback)],
        "missed": [{"phrase": box.phrase, **_corners(box.xyxy)} for box in feedback.missed],
        "image_sha256": feedback.image_digest,
        "width": feedback.size_wh[0],
        "height": feedback.size_wh[1],
        "timings": asdict(feedback.timings),
    }


def _box(box: ShownBox) -> Mapping[str, Any]:
    return {
        "phrase": box.phrase,
        "start": box.span[0],
        "end": box.span[1],
        "score": box.score,
        **_corners(box.xyxy),
        "verdict": box.verdict,
        "right_phrase": box.right_phrase or None,
    }


def _corners(xyxy: Xyxy) -> Mapping[str, float]:
    return dict(zip(("x1", "y1", "x2", "y2"), xyxy, strict=True))
