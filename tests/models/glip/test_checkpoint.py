"""Files as they were published, small: read one to one, or refused by key."""

import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.files import digest_file
from models.glip.checkpoint import (
    CheckpointMismatch,
    CheckpointUnreadable,
    load_checkpoint,
    read_published,
)
from tests.models.glip.tiny import TINY, build_tiny

EXTRAS = {
    "module.backbone.body.layers.0.blocks.0.attn.relative_position_index": torch.zeros(49, 49),
    "module.language_backbone.body.model.embeddings.position_ids": torch.arange(64)[None],
    "module.language_backbone.body.model.pooler.dense.weight": torch.zeros(24, 24),
    "module.rpn.anchor_generator.cell_anchors.0": torch.zeros(1, 4),
    "module.rpn.head.cls_logits.weight": torch.zeros(1203, 16, 1, 1),
    "module.rpn.head.mlm_head.bias": torch.zeros(5),
}


def published_weights() -> dict[str, Tensor]:
    ours = build_tiny().state_dict()
    return {f"module.{key}": tensor.clone() for key, tensor in ours.items()} | EXTRAS


def write(path: Path, weights: dict[str, Tensor]) -> Path:
    """Write a container as the reference does, with an average and training state beside."""
    average = {key: torch.full_like(tensor, 9) for key, tensor in weights.items()}
    content = {
        "model": OrderedDict(weights),
        "model_ema": OrderedDict(average),
        "optimizer": {"state": {}, "param_groups": [{"lr": 1e-4}]},
        "iteration": 300_000,
    }
    torch.save(content, path)
    return path


def assert_is_tiny(loaded: torch.nn.Module) -> None:
    expected = build_tiny().state_dict()
    weights = loaded.state_dict()
    assert weights.keys() == expected.keys()
    assert all(torch.equal(weights[key], expected[key]) for key in expected)


def test_a_published_file_loads_one_to_one(tmp_path: Path) -> None:
    path = write(tmp_path / "glip.pth", published_weights())
    loaded = load_checkpoint(path, TINY)
    assert_is_tiny(loaded.model)
    assert loaded.sha256 == digest_file(path)
    assert not loaded.model.training
    assert not any(parameter.requires_grad for parameter in loaded.model.parameters())


def test_a_loaded_network_answers_like_the_one_that_was_saved(tmp_path: Path) -> None:
    loaded = load_checkpoint(write(tmp_path / "glip.pth", published_weights()), TINY).model
    images, ids = torch.randn(1, 3, 32, 64), torch.tensor([[2, 14, 3]])
    ours, theirs = (model(images, ids, ids > 0)[0] for model in (loaded, build_tiny()))
    torch.testing.assert_close(ours.box_deltas, theirs.box_deltas)
    torch.testing.assert_close(ours.token_logits, theirs.token_logits)


def strip_some(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        key.removeprefix("module.") if "bias" in key else key: tensor
        for key, tensor in weights.items()
    }


@pytest.mark.parametrize("change", [dict, strip_some], ids=["all prefixed", "some prefixed"])
def test_a_dictionary_without_model_is_the_weights(tmp_path: Path, change: Any) -> None:
    path = tmp_path / "glip.pth"
    torch.save(change(published_weights()), path)
    assert_is_tiny(load_checkpoint(path, TINY).model)


def test_half_precision_becomes_float32(tmp_path: Path) -> None:
    halves = {key: tensor.half() for key, tensor in published_weights().items()}
    model = load_checkpoint(write(tmp_path / "glip.pth", halves), TINY).model
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_the_container_of_old_versions_is_read(tmp_path: Path) -> None:
    path = tmp_path / "glip.pth"
    torch.save({"model": published_weights()}, path, _use_new_zipfile_serialization=False)
    assert_is_tiny(load_checkpoint(path, TINY).model)


def rename(weights: dict[str, Tensor], old: str, new: str) -> None:
    weights[new] = weights.pop(old)


SPOILED = {
    "missing": (
        lambda weights: weights.pop("module.rpn.head.bbox_pred.weight"),
        ("missing: rpn.head.bbox_pred.weight",),
    ),
    "unexpected": (
        lambda weights: rename(weights, "module.rpn.head.bias0", "module.rpn.head.bias1"),
        ("missing: rpn.head.bias0", "unexpected: rpn.head.bias1"),
    ),
    "wrong shape": (
        lambda weights: weights.update({"module.rpn.head.bias_lang": torch.zeros(23)}),
        ("wrong shape: rpn.head.bias_lang: expected (24,), got (23,)",),
    ),
}


@pytest.mark.parametrize(("spoil", "said"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_file_is_refused_by_key(tmp_path: Path, spoil: Any, said: tuple[str]) -> None:
    weights = published_weights()
    spoil(weights)
    path = write(tmp_path / "glip.pth", weights)
    with pytest.raises(CheckpointMismatch) as refusal:
        load_checkpoint(path, TINY)
    assert all(sentence in str(refusal.value) for sentence in said)
    assert list(tmp_path.iterdir()) == [path]


def test_many_keys_are_counted_not_listed(tmp_path: Path) -> None:
    path = write(tmp_path / "glip.pth", EXTRAS)
    with pytest.raises(CheckpointMismatch, match=r"missing: .* and \d+ more") as refusal:
        load_checkpoint(path, TINY)
    assert len(refusal.value.report.missing) == len(build_tiny().state_dict())


def test_conversion_happens_once(tmp_path: Path) -> None:
    path = write(tmp_path / "glip.pth", published_weights())
    first = load_checkpoint(path, TINY)
    converted = tmp_path / "glip.safetensors"
    written = converted.stat().st_mtime_ns
    again = load_checkpoint(path, TINY)
    path.unlink()
    alone = load_checkpoint(path, TINY)
    assert converted.stat().st_mtime_ns == written
    assert {first.sha256, again.sha256, alone.sha256} == {first.sha256}
    assert_is_tiny(alone.model)


def test_a_newer_published_file_is_converted_again(tmp_path: Path) -> None:
    path = write(tmp_path / "glip.pth", published_weights())
    load_checkpoint(path, TINY)
    save_file({"old": torch.zeros(1)}, tmp_path / "glip.safetensors")
    later = path.stat().st_mtime + 10
    os.utime(path, (later, later))
    assert_is_tiny(load_checkpoint(path, TINY).model)


def test_a_known_digest_is_checked(tmp_path: Path) -> None:
    path = write(tmp_path / "glip.pth", published_weights())
    digest = digest_file(path)
    with pytest.raises(CheckpointUnreadable, match="expected SHA-256"):
        load_checkpoint(path, TINY, sha256="0" * 64)
    assert load_checkpoint(path, TINY, sha256=digest).sha256 == digest
    with pytest.raises(CheckpointUnreadable, match="expected SHA-256"):
        load_checkpoint(tmp_path / "glip.safetensors", TINY, sha256="0" * 64)


def test_ours_may_be_given_directly(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    save_file({key: tensor.clone() for key, tensor in build_tiny().state_dict().items()}, path)
    loaded = load_checkpoint(path, TINY)
    assert_is_tiny(loaded.model)
    assert loaded.sha256 == digest_file(path)


class Harmful:
    """Unpickled, it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_code_in_a_file_is_never_executed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    path = tmp_path / "glip.pth"
    torch.save({"model": published_weights(), "trainer": Harmful(victim)}, path)
    with pytest.raises(CheckpointUnreadable):
        load_checkpoint(path, TINY)
    assert not victim.exists()


UNREADABLE = {
    "not a pickle": b"hello",
    "empty": b"",
    "plain pickle": pickle.dumps({"model": [1, 2]}),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "glip.pth"
    path.write_bytes(content)
    with pytest.raises(CheckpointUnreadable, match=r"glip\.pth"):
        read_published(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [([1, 2], "holds no weights"), ({"model": {"a": 3}}, "not a tensor: a"), ({}, "no weights")],
    ids=["a list", "a number among weights", "nothing"],
)
def test_a_container_without_weights_is_refused(tmp_path: Path, content: Any, said: str) -> None:
    path = tmp_path / "glip.pth"
    torch.save(content, path)
    with pytest.raises(CheckpointUnreadable, match=said):
        read_published(path)


@pytest.mark.parametrize("name", ["gone.pth", "gone.safetensors"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(CheckpointUnreadable, match="gone"):
        load_checkpoint(tmp_path / name, TINY)


def test_the_converted_file_holds_what_the_network_needs_and_no_more(tmp_path: Path) -> None:
    load_checkpoint(write(tmp_path / "glip.pth", published_weights()), TINY)
    assert load_file(tmp_path / "glip.safetensors").keys() == build_tiny().state_dict().keys()
