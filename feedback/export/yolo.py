"""YOLO: a zip with `data.yaml`, a label file a settled picture, and the pictures that were left.

A label file claims to be complete, so pictures with boxes that nobody judged are left out.
"""

from collections.abc import Iterable, Iterator

from feedback.export.chunks import dump
from feedback.export.pictures import PictureOf
from feedback.export.provenance import Provenance
from feedback.export.spool import Labelled, Picture, Spool
from feedback.export.zips import Member, picture_members, write_zip
from feedback.record import Feedback


def write_yolo(
    records: Iterable[Feedback], provenance: Provenance, picture_of: PictureOf
) -> Iterator[bytes]:
    """Yield the archive, after the last rating has come in: it is sorted in a temporary file."""
    with Spool(records) as spool:
        yield from write_zip(_members(spool, provenance, picture_of), provenance.exported_at)


def _members(spool: Spool, provenance: Provenance, picture_of: PictureOf) -> Iterator[Member]:
    yield "glip_export.json", [dump(provenance.facts())]
    yield "data.yaml", _data_yaml(spool)
    yield "classes.txt", (f"{one.name}\n".encode() for one in spool.labels())
    for picture, boxes in spool.labelled_pictures():
        yield f"labels/{picture.digest}.txt", [_label_lines(picture, boxes).encode()]
        yield from picture_members(picture.digest, picture_of)


def _data_yaml(spool: Spool) -> Iterator[bytes]:
    """Training and validation are the same list: how to part them is the trainer's to say."""
    yield b"train: images\nval: images\nnames:\n"
    for one in spool.labels():
        yield f"  {one.label}: {_yaml_text(one.name)}\n".encode()


def _yaml_text(text: str) -> str:
    """Return `text` between double quotes, whatever it is: YAML takes no, 1 and {} for others."""
    escaped = (
        character
        if character.isprintable() and character not in '"\\'
        else f"\\U{ord(character):08X}"
        for character in text
    )
    return '"' + "".join(escaped) + '"'


def _label_lines(picture: Picture, boxes: Iterable[Labelled]) -> str:
    return "".join(_label_line(picture, box) for box in boxes)


def _label_line(picture: Picture, box: Labelled) -> str:
    """Label, centre x, centre y, width and height, as parts of the picture's."""
    x, y = (box.x1 + box.x2) / 2 / picture.width, (box.y1 + box.y2) / 2 / picture.height
    width, height = (box.x2 - box.x1) / picture.width, (box.y2 - box.y1) / picture.height
    return f"{box.label} {x:.6f} {y:.6f} {width:.6f} {height:.6f}\n"
