"""ODVG, from which the Grounding DINO family learns: a zip of JSON lines in both of its forms.

`grounding.jsonl` has a line a rating, phrases tied to a caption; `detection.jsonl` a line a
picture, labels of `label_map.json`. Both claim to be complete, so what holds boxes that nobody
judged is left out.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from feedback.export.caption import ground
from feedback.export.chunks import dump
from feedback.export.judged import is_settled
from feedback.export.pictures import PictureOf, file_name_of
from feedback.export.provenance import Provenance
from feedback.export.spool import Labelled, Picture, Spool
from feedback.export.zips import Member, picture_members, write_zip
from feedback.record import Feedback


def write_odvg(
    records: Iterable[Feedback], provenance: Provenance, picture_of: PictureOf
) -> Iterator[bytes]:
    """Yield the archive, after the last rating has come in: both forms lie in temporary files."""
    with tempfile.TemporaryFile() as lines, Spool(_grounded(records, lines)) as spool:
        lines.seek(0)
        members = _members(spool, lines, provenance, picture_of)
        yield from write_zip(members, provenance.exported_at)


def _grounded(records: Iterable[Feedback], lines: IO[bytes]) -> Iterator[Feedback]:
    """Pass the ratings on, and write a line for each that teaches a caption."""
    for feedback in records:
        # A line without a region is more than readers of this form can take.
        if is_settled(feedback) and (grounding := ground(feedback))["regions"]:
            width, height = feedback.size_wh
            facts = _describe(feedback.image_digest, width, height)
            lines.write(dump({**facts, "grounding": grounding}) + b"\n")
        yield feedback


def _members(
    spool: Spool, lines: IO[bytes], provenance: Provenance, picture_of: PictureOf
) -> Iterator[Member]:
    labels = {str(one.label): one.name for one in spool.labels()}
    yield "glip_export.json", [dump(provenance.facts())]
    yield "label_map.json", [dump(labels)]
    yield "grounding.jsonl", lines
    yield "detection.jsonl", (_detection(*settled) for settled in spool.labelled_pictures())
    for picture, _boxes in spool.labelled_pictures():
        yield from picture_members(picture.digest, picture_of)


def _detection(picture: Picture, boxes: Iterable[Labelled]) -> bytes:
    instances = [
        {"bbox": [box.x1, box.y1, box.x2, box.y2], "label": box.label, "category": box.name}
        for box in boxes
    ]
    facts = _describe(picture.digest, picture.width, picture.height)
    return dump({**facts, "detection": {"instances": instances}}) + b"\n"


def _describe(digest: str, width: int, height: int) -> Mapping[str, object]:
    return {"filename": file_name_of(digest), "height": height, "width": width}
