"""Files come from a hub by name: whole, checked, and taken up where they stopped.

Each test starts the child process the server would start; the hub is on the loopback address.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.catalogue import MODELS
from models.fetching import ENVIRONMENT, ROOT
from tests.models.fake_hub import COMMIT, FakeHub, serving_hub

ENTRY = MODELS["glip-tiny-a"]
WEIGHTS, VOCABULARY = ENTRY.files
WEIGHTS_PATH = f"{ENTRY.source}/{WEIGHTS}"
VOCABULARY_PATH = f"{ENTRY.source_of(VOCABULARY)}/{VOCABULARY}"
MIB = 2**20
CONTENT = b"".join(hashlib.sha256(b"%d" % at).digest() * 2**15 for at in range(12))  # 12 MiB
PATIENCE_S = 60


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    files = {WEIGHTS_PATH: CONTENT, VOCABULARY_PATH: b"[PAD]\n[UNK]\n"}
    with serving_hub(FakeHub(files=files, large={WEIGHTS_PATH})) as hub:
        yield hub


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(hub: FakeHub, tmp_path: Path) -> Iterator[Start]:
    """Start fetching into `tmp_path`; what still runs at the end is killed."""
    children = []

    def start(endpoint: str = hub.address) -> subprocess.Popen[str]:
        environment = {"HF_ENDPOINT": endpoint, "HF_HOME": str(tmp_path), **ENVIRONMENT}
        environment["HF_HUB_DOWNLOAD_TIMEOUT"] = "60"  # a stalled test is not a lost connection
        child = subprocess.Popen(
            [sys.executable, "-m", "models.fetching", ENTRY.name, str(tmp_path)],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


def told(child: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, _ = child.communicate(timeout=PATIENCE_S)
    return [json.loads(line) for line in out.splitlines()]


def test_a_model_comes_whole_with_a_note_where_from(
    hub: FakeHub, start: Start, tmp_path: Path
) -> None:
    lines = told(start())
    folder = tmp_path / "glip"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [WEIGHTS, VOCABULARY, "fetched.json"]
    )
    assert (folder / WEIGHTS).read_bytes() == CONTENT
    noted = json.loads((folder / "fetched.json").read_text())
    assert noted[WEIGHTS]["revision"] == COMMIT
    assert noted[WEIGHTS]["etag"] == noted[WEIGHTS]["sha256"] == hub.etag_of(WEIGHTS_PATH)
    assert noted[VOCABULARY]["source"] == "google-bert/bert-base-uncased"
    total = len(CONTENT) + len(hub.files[VOCABULARY_PATH])
    assert [line["done_bytes"] for line in lines] == sorted(line["done_bytes"] for line in lines)
    assert hub.strangers == []
    assert lines[-1] == {"file": VOCABULARY, "done_bytes": total, "total_bytes": total}


def test_what_is_there_is_not_fetched_again(hub: FakeHub, start: Start, tmp_path: Path) -> None:
    (tmp_path / "glip").mkdir()
    (tmp_path / "glip" / "glip_a_tiny_o365.safetensors").touch()
    told(start())
    assert hub.starts == [(VOCABULARY_PATH, 0)]


def test_a_broken_connection_is_taken_up(hub: FakeHub, start: Start, tmp_path: Path) -> None:
    hub.break_after[WEIGHTS_PATH] = [11 * MIB]
    child = start()
    told(child)
    assert child.returncode == 0
    assert (tmp_path / "glip" / WEIGHTS).read_bytes() == CONTENT
    # The library asks for 10 MiB at a time: what of the next had come is lost.
    assert hub.starts == [(WEIGHTS_PATH, 0), (WEIGHTS_PATH, 10 * MIB), (VOCABULARY_PATH, 0)]


def test_after_a_kill_it_goes_on_where_it_was(hub: FakeHub, start: Start, tmp_path: Path) -> None:
    hub.break_after[WEIGHTS_PATH] = [11 * MIB]
    hub.stalls.set()
    killed = start()
    assert killed.stdout is not None
    while json.loads(killed.stdout.readline())["done_bytes"] < 10 * MIB:
        pass
    killed.kill()
    killed.wait(PATIENCE_S)
    hub.stalls.clear()
    assert not (tmp_path / "glip" / WEIGHTS).exists()
    lines = told(start())
    assert lines[0]["done_bytes"] == 10 * MIB
    assert (WEIGHTS_PATH, 10 * MIB) in hub.starts
    assert (tmp_path / "glip" / WEIGHTS).read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_sends_it_all_again(
    hub: FakeHub, start: Start, tmp_path: Path
) -> None:
    hub.ignores_ranges = True
    hub.break_after[WEIGHTS_PATH] = [11 * MIB]
    told(start())
    assert (tmp_path / "glip" / WEIGHTS).read_bytes() == CONTENT


def spoil(hub: FakeHub) -> str:
    hub.wrong_bytes.add(WEIGHTS_PATH)
    return WEIGHTS


def spoil_small(hub: FakeHub) -> str:
    hub.wrong_bytes.add(VOCABULARY_PATH)
    return VOCABULARY


@pytest.mark.parametrize("how", [spoil, spoil_small], ids=["by SHA-256", "by git's number"])
def test_other_bytes_than_announced_are_thrown_away(
    how: Callable[[FakeHub], str], hub: FakeHub, start: Start, tmp_path: Path
) -> None:
    file = how(hub)
    child = start()
    assert told(child)[-1]["fault"] == "fetch_spoiled"
    assert child.returncode == 1
    assert not (tmp_path / "glip" / file).exists()
    assert list((tmp_path / "glip" / ".fetching").iterdir()) == []


def test_a_file_the_hub_does_not_have_is_named(hub: FakeHub, start: Start, tmp_path: Path) -> None:
    del hub.files[VOCABULARY_PATH]
    fault = told(start())[-1]
    assert fault["fault"] == "fetch_not_there"
    assert fault["facts"]["file"] == VOCABULARY
    assert fault["facts"]["source"] == "google-bert/bert-base-uncased"
    assert fault["facts"]["folder"] == str(tmp_path / "glip")
    assert hub.starts == []


def test_without_a_way_out_it_says_what_to_put_where(start: Start, tmp_path: Path) -> None:
    fault = told(start(endpoint="http://127.0.0.1:9"))[-1]
    assert fault["fault"] == "fetch_unreachable"
    assert fault["facts"]["file"] == WEIGHTS
    assert fault["facts"]["source"] == ENTRY.source
    assert fault["facts"]["folder"] == str(tmp_path / "glip")


def test_two_at_once_do_not_write_into_one_file(hub: FakeHub, start: Start) -> None:
    hub.break_after[WEIGHTS_PATH] = [11 * MIB]
    hub.stalls.set()
    first = start()
    assert hub.stalled.acquire(timeout=PATIENCE_S)
    assert told(start())[-1]["fault"] == "fetch_elsewhere"
    first.kill()


def test_a_disk_that_is_too_small_is_said_before_anything_comes(
    hub: FakeHub, start: Start, tmp_path: Path
) -> None:
    free = shutil.disk_usage(tmp_path).free

    class Endless(bytes):
        def __len__(self) -> int:
            return 2 * free

    hub.files[WEIGHTS_PATH] = Endless()
    hub.large.discard(WEIGHTS_PATH)
    assert told(start())[-1]["fault"] == "fetch_no_space"
    assert hub.starts == []
