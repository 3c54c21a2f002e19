"""From a folder to a detector, or a refusal that says why."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from detection.errors import ModelUnavailable
from models.files import digest_file
from models.glip.checkpoint import CheckpointUnreadable
from models.huggingface.load import build_card, load_grounding_dino
from models.registry import build_detector
from tests.models.huggingface.tiny import save_tiny


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("saved"))


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return shutil.copytree(saved, tmp_path / "grounding-dino-tiny")


def test_a_folder_becomes_a_detector(saved: Path) -> None:
    detector = load_grounding_dino("mine", saved, device="cpu")
    assert detector.model_id == "mine"
    assert detector.revision == digest_file(saved / "model.safetensors")[:16]


def test_the_registry_finds_the_folder_by_its_name(folder: Path) -> None:
    detector = build_detector("grounding-dino-tiny", device="cpu", models_dir=folder.parent)
    assert detector.model_id == "grounding-dino-tiny"


def edit_config(edit: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "config.json"
        config = json.loads(path.read_text())
        edit(config)
        path.write_text(json.dumps(config))

    return spoil


def edit_weights(edit: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "model.safetensors"
        weights = load_file(path)
        edit(weights)
        save_file(weights, path, metadata={"format": "pt"})

    return spoil


def keep_only_a_pickle(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")


KEY = "model.enc_output.weight"
SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "code of its own": (edit_config(lambda at: at.update(auto_map={})), "code of its own"),
    "code in a part": (
        edit_config(lambda at: at["text_config"].update(trust_remote_code=True)),
        "trust_remote_code",
    ),
    "another network": (edit_config(lambda at: at.update(model_type="detr")), "got detr"),
    "no JSON": (lambda at: (at / "config.json").write_text("{"), "config.json"),
    "no object": (lambda at: (at / "config.json").write_text("[]"), "expected an object"),
    "no configuration": (lambda at: (at / "config.json").unlink(), "config.json"),
    "no sizes": (lambda at: (at / "preprocessor_config.json").write_text("{}"), "'size'"),
    "no vocabulary": (lambda at: (at / "vocab.txt").unlink(), "vocab.txt"),
    "another vocabulary": (lambda at: (at / "vocab.txt").write_text("[CLS]\n"), "bert-base"),
    "a pickle": (keep_only_a_pickle, "model.safetensors"),
    "no weights": (lambda at: (at / "model.safetensors").write_bytes(b"no weights"), ""),
    "a missing key": (edit_weights(lambda at: at.pop(KEY)), KEY),
    "a stray key": (edit_weights(lambda at: at.update(stray=torch.zeros(1))), "stray"),
    "a wrong shape": (edit_weights(lambda at: at.update({KEY: torch.zeros(1)})), KEY),
}


@pytest.mark.parametrize(("spoil", "reason"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_folder_is_refused_with_the_reason(
    spoil: Callable[[Path], object], reason: str, folder: Path
) -> None:
    spoil(folder)
    with pytest.raises(CheckpointUnreadable) as raised:
        load_grounding_dino("mine", folder, device="cpu")
    assert str(folder) in str(raised.value)
    assert reason in str(raised.value)


def test_a_refusal_is_logged_by_the_registry(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelUnavailable):
        build_detector("grounding-dino-tiny", device="cpu", models_dir=folder.parent)
    assert caplog.messages[-1].startswith("grounding-dino-tiny: ")


def test_the_card_says_english_in_both_languages() -> None:
    card = build_card("grounding_dino", default_threshold=0.3)
    assert card.languages == ("en",)
    assert "English" in card.knows["en"]
    assert "英文" in card.knows["zh"]
