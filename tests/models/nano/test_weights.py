"""The weights file: what is saved comes back, and its revision follows from its contents."""

from pathlib import Path

import pytest
import torch

from models.nano.weights import Calibration, load_weights, save_weights

TENSORS = {"weight": torch.tensor([0.5, -2.0]), "count": torch.tensor(3)}


def save(path: Path, offset: float) -> None:
    save_weights(
        path,
        TENSORS,
        tokenizer_json="{}",
        vocabulary=frozenset({"bow and arrow", "弓和箭"}),
        calibration=Calibration(2.0, offset, 0.4),
    )


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    save(tmp_path / "a.safetensors", 0.25)
    weights = load_weights(tmp_path / "a.safetensors")
    assert weights.tensors["weight"].dtype == torch.float16
    assert torch.equal(weights.tensors["weight"], TENSORS["weight"])
    assert weights.tensors["count"].item() == 3
    assert weights.vocabulary == {"bow and arrow", "弓和箭"}
    assert weights.calibration == Calibration(2.0, 0.25, 0.4)


def test_the_revision_tells_files_apart(tmp_path: Path) -> None:
    for name, offset in (("a", 0.25), ("b", 0.25), ("c", 0.5)):
        save(tmp_path / name, offset)
    one, same, other = (load_weights(tmp_path / name).revision for name in "abc")
    assert one == same != other


@pytest.mark.parametrize(
    ("calibration", "raw", "expected"),
    [
        pytest.param(Calibration(), 0.3, 0.3, id="none"),
        pytest.param(Calibration(1.0, 100.0), 0.3, 1.0, id="far up"),
        pytest.param(Calibration(2.0, 0.0), 0.5, 0.5, id="steeper about a half"),
    ],
)
def test_calibration(calibration: Calibration, raw: float, expected: float) -> None:
    assert calibration.apply(torch.tensor(raw)).item() == pytest.approx(expected, abs=1e-5)
