"""Models by name."""

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from detection.errors import ModelUnavailable, UnknownModel
from models.catalogue import MODELS, Family, ModelEntry
from models.glip.published import PUBLISHED
from models.registry import NAMES, build_detector
from tests.models.glip.tiny import DATA
from texts import LANGUAGES, say

FETCHED = [entry for entry in MODELS.values() if entry.files]


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel) as raised:
        build_detector("no-such-model")
    assert raised.value.facts == {"model": "no-such-model", "known": ", ".join(NAMES)}


def test_importing_the_registry_leaves_torch_alone() -> None:
    code = "import sys, models.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_model_that_ships_needs_no_folder(tmp_path: Path) -> None:
    detector = build_detector("glip-nano", device="cpu", models_dir=tmp_path / "none")
    assert detector.model_id == "glip-nano"
    assert detector.card.languages == MODELS["glip-nano"].languages


@pytest.mark.parametrize("entry", FETCHED, ids=lambda entry: entry.name)
def test_a_missing_model_says_what_to_put_where(
    entry: ModelEntry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ModelUnavailable) as raised:
        build_detector(entry.name, models_dir=tmp_path)
    for language in LANGUAGES:
        sentence = say("models.missing_files", language, **raised.value.facts)
        assert all(file in sentence for file in entry.files)
        assert str(tmp_path / entry.folder) in sentence
        assert entry.source in sentence
    assert caplog.messages == [say("models.missing_files", "en", **raised.value.facts)]


def test_only_what_is_missing_is_named(tmp_path: Path) -> None:
    entry = MODELS["glip-tiny-a"]
    (tmp_path / entry.folder).mkdir()
    (tmp_path / entry.folder / "glip_a_tiny_o365.safetensors").touch()
    assert entry.list_missing(tmp_path) == ("vocab.txt",)


@pytest.mark.parametrize(
    ("vocabulary", "reason"),
    [
        ("[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "expected 30522 tokens, got 4"),
        ("".join(f"{word}\n" for word in ["[CLS]", "[SEP]", *range(30_520)]), "as plain weights"),
    ],
    ids=["vocabulary", "weights"],
)
def test_a_spoiled_file_is_refused_and_the_log_says_why(
    vocabulary: str, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "glip"
    folder.mkdir()
    (folder / "vocab.txt").write_text(vocabulary)
    shutil.copy(DATA / "text" / "vocab.txt", folder / "glip_tiny_model_o365.pth")
    with caplog.at_level(logging.ERROR), pytest.raises(ModelUnavailable):
        build_detector("glip-tiny-b", device="cpu", models_dir=tmp_path)
    (message,) = caplog.messages
    assert message.startswith("glip-tiny-b: ")
    assert reason in message


def test_the_catalogue_names_the_published_files() -> None:
    named = {entry.name: entry.files[0] for entry in MODELS.values() if entry.family is Family.GLIP}
    assert named == {name: published.name for name, published in PUBLISHED.items()}


@pytest.mark.parametrize("entry", MODELS.values(), ids=lambda entry: entry.name)
def test_every_model_has_a_licence_in_words(entry: ModelEntry) -> None:
    assert all(say(f"models.{entry.licence}", language) for language in LANGUAGES)
