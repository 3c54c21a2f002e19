"""Checked against the published descriptions of the format.

Open-GroundingDino, data_format.md (both forms), and MMDetection, docs/en/user_guides (which adds
`tokens_positive`, the characters of the caption that a phrase covers).
"""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from feedback.export.odvg import write_odvg
from feedback.export.pictures import PictureOf, no_pictures
from feedback.record import Feedback
from tests.feedback.export.ratings import (
    CAT,
    DOG,
    PROVENANCE,
    everything,
    hostile_ratings,
    judged,
)


class Export:
    """The files of an archive."""

    def __init__(self, ratings: Iterable[Feedback], picture_of: PictureOf = no_pictures) -> None:
        content = b"".join(write_odvg(ratings, PROVENANCE, picture_of))
        self.archive = ZipFile(io.BytesIO(content))
        self.labels: dict[str, str] = json.loads(self.archive.read("label_map.json"))

    def lines(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.archive.read(name).splitlines()]


def check_picture(line: Any) -> None:
    assert line["filename"].endswith(".png")
    assert (type(line["width"]), type(line["height"])) == (int, int)


def check_box(line: Any, corners: list[float]) -> None:
    x1, y1, x2, y2 = corners
    assert 0 <= x1 < x2 <= line["width"]
    assert 0 <= y1 < y2 <= line["height"]


def check_grounding(line: Any) -> None:
    check_picture(line)
    caption = line["grounding"]["caption"]
    assert caption == caption.strip()
    assert line["grounding"]["regions"]
    for region in line["grounding"]["regions"]:
        check_box(line, region["bbox"])
        for start, end in region["tokens_positive"]:
            assert caption[start:end] == region["phrase"]


def check_detection(line: Any, labels: dict[str, str]) -> None:
    check_picture(line)
    for instance in line["detection"]["instances"]:
        check_box(line, instance["bbox"])
        assert labels[str(instance["label"])] == instance["category"]


def check(export: Export) -> None:
    assert list(export.labels) == [str(number) for number in range(len(export.labels))]
    for line in export.lines("grounding.jsonl"):
        check_grounding(line)
    for line in export.lines("detection.jsonl"):
        check_detection(line, export.labels)


def test_everything_is_in_the_published_form() -> None:
    export = Export(everything())
    check(export)
    assert export.labels == {"0": DOG, "1": CAT, "2": "一只鸟 🐦"}


def test_a_caption_is_of_a_rating_and_an_instance_of_a_picture() -> None:
    export = Export(everything())
    assert len(export.lines("grounding.jsonl")) == 2
    (line,) = export.lines("detection.jsonl")
    assert len(line["detection"]["instances"]) == 4


def test_hostile_phrases_are_in_the_published_form() -> None:
    export = Export(hostile_ratings())
    check(export)
    assert len(export.lines("grounding.jsonl")) == len(hostile_ratings())


def test_pictures_that_were_left_are_packed_and_the_source_is_named(tmp_path: Path) -> None:
    picture = tmp_path / "kept.png"
    picture.write_bytes(b"\x89PNG and so on")
    archive = Export([judged()], {"a" * 64: picture}.get).archive
    assert archive.read(f"images/{'a' * 64}.png") == b"\x89PNG and so on"
    assert json.loads(archive.read("glip_export.json")) == PROVENANCE.facts()


def test_nothing_is_three_empty_files() -> None:
    export = Export([])
    assert export.labels == {}
    assert export.lines("grounding.jsonl") == export.lines("detection.jsonl") == []
