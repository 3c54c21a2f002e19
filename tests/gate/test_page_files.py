from pathlib import Path

import pytest

from gate.holders import Holdings
from gate.page_files import PageFiles


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def put(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    return path


def test_only_the_session_s_own_files_go(uploads: Path) -> None:
    holdings = Holdings()
    own, drawn, shared = (put(uploads, name) for name in ("ab/a.png", "cd/boxes.jpg", "ef/s.png"))
    for path, session_id in ((own, "ann"), (drawn, "ann"), (shared, "ann"), (shared, "bob")):
        holdings.add(str(path), session_id)
    files = PageFiles(uploads, holdings)
    assert files.forget_session("ann") == 2
    assert [path.exists() for path in (own, own.parent, drawn, shared)] == [
        *(False, False, False),
        True,
    ]
    assert files.forget_session("ann") == 0


def test_a_file_elsewhere_is_left_alone(uploads: Path, tmp_path: Path) -> None:
    holdings = Holdings()
    outside = put(tmp_path, "precious.txt")
    uploads.mkdir()
    (uploads / "link.png").symlink_to(outside)
    for name in (str(outside), f"{uploads}/../precious.txt", str(uploads / "link.png")):
        holdings.add(name, "ann")
    assert PageFiles(uploads, holdings).forget_session("ann") == 0
    assert outside.exists()


def test_a_file_that_is_gone_already_does_not_count(uploads: Path) -> None:
    holdings = Holdings()
    holdings.add(str(uploads / "ab" / "a.png"), "ann")
    assert PageFiles(uploads, holdings).forget_session("ann") == 0
