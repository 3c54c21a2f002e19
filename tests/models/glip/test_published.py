import shutil
from pathlib import Path

import pytest
import torch

from models.files import digest_file
from models.glip.checkpoint import CheckpointUnreadable
from models.glip.config import GLIP_L, GLIP_T, GLIP_T_A
from models.glip.published import PUBLISHED, build_card, load_detector, load_published
from tests.models.glip.tiny import DATA, TINY, build_tiny


def test_three_structures_cover_five_files() -> None:
    assert {name: file.config for name, file in PUBLISHED.items()} == {
        "glip-tiny-a": GLIP_T_A,
        "glip-tiny-b": GLIP_T,
        "glip-tiny-c": GLIP_T,
        "glip-tiny": GLIP_T,
        "glip-large": GLIP_L,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.save({"model": build_tiny().state_dict()}, tmp_path / "glip.pth")
    shutil.copy(DATA / "text" / "vocab.txt", tmp_path)
    return tmp_path


def test_a_file_becomes_a_detector(folder: Path) -> None:
    detector = load_detector(
        folder / "glip.pth", folder / "vocab.txt", model_id="mine", config=TINY
    )
    assert detector.model_id == "mine"
    assert detector.revision == digest_file(folder / "glip.pth")[:16]


def test_the_wrong_vocabulary_is_refused(folder: Path) -> None:
    (folder / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n")
    with pytest.raises(CheckpointUnreadable, match="expected 59 tokens, got 4"):
        load_detector(folder / "glip.pth", folder / "vocab.txt", model_id="mine", config=TINY)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointUnreadable, match=r"vocab\.txt: put the vocabulary"):
        load_published("glip-tiny", tmp_path)


def test_the_card_says_english_in_both_languages() -> None:
    card = build_card()
    assert card.languages == ("en",)
    assert "English" in card.knows["en"]
    assert "英文" in card.knows["zh"]
