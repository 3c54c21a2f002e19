"""The network against recordings of the reference, and the tool that compares them."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from models.glip.reference import ReferenceDetections
from tests.models.glip.tiny import DATA
from tools.parity import main, pair

RECORDING = DATA / "recording"
ELSEWHERE = Path(__file__).parents[4] / "shared" / "glip" / "fixtures" / "a"


def test_our_network_equals_the_recorded_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(RECORDING)]) == 0
    assert "head.token_logits" in capsys.readouterr().out


@pytest.mark.skipif(
    not ELSEWHERE.exists(), reason="the fused recording does not lie beside the checkout"
)
def test_our_fused_network_equals_the_recorded_one() -> None:
    assert main([str(ELSEWHERE)]) == 0


SPOILED = [
    ("outputs", "fpn.p4", "fpn"),
    ("outputs", "tower.1.dyconv.visual.p3", "tower.1"),
    ("outputs", "det.mean.0.scores", "det.mean.scores"),
    ("weights", "rpn.head.dyhead_tower.0.DyConv.0.conv.weight", "stage tower.0.dyconv"),
]


@pytest.mark.parametrize(("part", "key", "group"), SPOILED, ids=[row[2] for row in SPOILED])
def test_a_difference_is_seen_and_named(
    part: str, key: str, group: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "spoiled"
    shutil.copytree(RECORDING, folder)
    tensors = load_file(folder / f"{part}.safetensors")
    tensors[key].view(-1)[0] += 0.5
    save_file(tensors, folder / f"{part}.safetensors")
    assert main([str(folder)]) == 1
    failing = [line for line in capsys.readouterr().out.splitlines() if line.endswith("FAILS")]
    assert any(line.startswith(group) for line in failing)


def test_boxes_are_paired_within_their_label() -> None:
    theirs = ReferenceDetections(
        np.array([[0, 0, 9, 9], [0, 0, 9, 9]], np.float32),
        np.array([0.9, 0.8], np.float32),
        np.array([1, 2]),
    )
    ours = ReferenceDetections(theirs.boxes[:1] + 1, theirs.scores[1:], theirs.labels[1:])
    assert pair(ours, theirs) == (1.0, 0.0, 1.0)
