import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from feedback.export.pictures import PictureOf, no_pictures
from feedback.export.yolo import write_yolo
from feedback.record import Feedback, MissedBox
from tests.feedback.export.ratings import (
    CAT,
    DOG,
    PROVENANCE,
    everything,
    hostile_ratings,
    judged,
    nothing_found,
)


def archive_of(ratings: Iterable[Feedback], picture_of: PictureOf = no_pictures) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(write_yolo(ratings, PROVENANCE, picture_of))))


def names_of(archive: ZipFile) -> dict[int, str]:
    names: dict[int, str] = yaml.safe_load(archive.read("data.yaml"))["names"]
    return names


def test_labels_are_parts_of_the_picture() -> None:
    archive = archive_of([judged()])
    lines = archive.read(f"labels/{'a' * 64}.txt").decode().splitlines()
    assert names_of(archive) == {0: DOG, 1: CAT, 2: "一只鸟 🐦"}
    assert "0 0.150000 0.150000 0.100000 0.100000" in lines
    assert "2 0.625000 0.625000 0.250000 0.250000" in lines
    assert len(lines) == 4


def test_only_pictures_without_an_unjudged_box_are_there() -> None:
    archive = archive_of(everything())
    assert [name for name in archive.namelist() if name.startswith("labels/")] == [
        f"labels/{'a' * 64}.txt"
    ]


def test_pictures_that_were_left_are_packed(tmp_path: Path) -> None:
    picture = tmp_path / "kept.png"
    picture.write_bytes(b"\x89PNG and so on")
    archive = archive_of([judged()], {"a" * 64: picture}.get)
    assert archive.read(f"images/{'a' * 64}.png") == b"\x89PNG and so on"
    assert archive.testzip() is None


def test_a_picture_that_vanishes_meanwhile_is_left_out(tmp_path: Path) -> None:
    archive = archive_of([judged()], lambda _digest: tmp_path / "gone.png")
    assert [name for name in archive.namelist() if name.startswith("images/")] == []


def test_the_archive_says_where_it_comes_from() -> None:
    facts: Any = json.loads(archive_of([]).read("glip_export.json"))
    assert facts == PROVENANCE.facts()


@pytest.mark.parametrize("phrase", ["no", "1", "a: b", "{x}", '"', "\\", "a\u2028b", "🐱", "# x"])
def test_any_phrase_is_a_name(phrase: str) -> None:
    box = MissedBox(phrase=phrase, xyxy=(320.0, 240.0, 480.0, 360.0))
    rating = nothing_found(missed=(box,))
    assert names_of(archive_of([rating])) == {0: " ".join(phrase.split())}


def test_hostile_phrases_are_a_line_each() -> None:
    archive = archive_of(hostile_ratings())
    names = names_of(archive)
    lines = archive.read("classes.txt").decode().split("\n")
    assert lines == [*names.values(), ""]
    assert "=cmd|' /C calc'!A0" in lines
