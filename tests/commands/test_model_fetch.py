"""`cli.py models fetch`: a real process against a hub on the loopback address."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.catalogue import MODELS
from models.fetching import ROOT
from tests.models.fake_hub import FakeHub, serving_hub

ENTRY = MODELS["glip-tiny-a"]
PATIENCE_S = 120


def run(
    name: str, folder: Path, endpoint: str, lang: str = "C.UTF-8"
) -> subprocess.CompletedProcess[str]:
    environment = {
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_OFFLINE": "0",
        "GLIP_MODELS_DIR": str(folder),
        "LC_ALL": lang,
    }
    return subprocess.run(
        [sys.executable, "cli.py", "models", "fetch", name],
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def test_it_fetches_and_says_the_licence(tmp_path: Path) -> None:
    files = {f"{ENTRY.source_of(file)}/{file}": file.encode() for file in ENTRY.files}
    with serving_hub(FakeHub(files=files)) as hub:
        done = run(ENTRY.name, tmp_path, hub.address)
        again = run(ENTRY.name, tmp_path, hub.address)
    assert (done.returncode, again.returncode) == (0, 0)
    assert "states no licence" in done.stderr
    assert str(tmp_path / "glip") in done.stdout
    assert all((tmp_path / "glip" / file).read_bytes() == file.encode() for file in ENTRY.files)
    assert again.stdout.startswith("Nothing to fetch")
    assert hub.strangers == []


@pytest.mark.parametrize(
    ("lang", "words"),
    [("C.UTF-8", "cannot be reached"), ("zh_CN.UTF-8", "连接不上")],
    ids=["en", "zh"],
)
def test_without_a_way_out_it_says_which_file_from_where_goes_where(
    lang: str, words: str, tmp_path: Path
) -> None:
    refused = run(ENTRY.name, tmp_path, "http://127.0.0.1:9", lang)
    assert refused.returncode == 1
    for part in (words, ENTRY.files[0], ENTRY.source, str(tmp_path / "glip")):
        assert part in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_unknown_name_is_bad_usage(tmp_path: Path) -> None:
    refused = run("gpt", tmp_path, "http://127.0.0.1:9")
    assert refused.returncode == 2
    assert "glip-tiny-a" in refused.stderr
