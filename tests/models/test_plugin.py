"""Detectors by import path; the one in docs/models.md is run as it stands there."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detection.boxes import iou_matrix
from detection.detector import Detector, ModelCard
from detection.errors import ModelUnavailable
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from models.plugin import PluginUnfit, check_plugin
from models.registry import build_detector
from tests.fakes import FakeDetector

DOCS = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
CODE = cv2.QRCodeEncoder.create().encode("https://example.org/grounded-detection")
QUIET = 2  # white modules around the code
SHEET = np.array([(130, 90), (330, 120), (310, 310), (115, 285)], np.float32)


@pytest.fixture(scope="module")
def qr_codes(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    """The detector of the page, saved and plugged in as the page says."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "qr_codes.py").write_text(code, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        return build_detector("qr_codes:QRCodes")


def square(margin: int) -> NDArray[np.float32]:
    """Corners of the printed code, `margin` modules inside its sheet; the unit is a module."""
    low, high = margin, len(CODE) - margin
    return np.array([(low, low), (high, low), (high, high), (low, high)], np.float32)


def photograph(sheet: NDArray[np.float32] | None) -> SourceImage:
    """A noisy JPEG of a wall, 480 × 400 pixels; with corners, a QR code hangs there askew."""
    shade = np.linspace(150, 210, 480, dtype=np.float32)
    wall = np.tile(shade, (400, 1))
    if sheet is not None:
        matrix = cv2.getPerspectiveTransform(square(0), sheet)
        print_and_sheet = np.stack([CODE, np.full_like(CODE, 255)], 2)
        hung = cv2.warpPerspective(print_and_sheet, matrix, (480, 400), flags=cv2.INTER_NEAREST)
        wall = np.where(hung[..., 1] > 127, hung[..., 0].astype(np.float32) * 0.8 + 20, wall)
    noise = np.random.default_rng(0).normal(0, 4, wall.shape)
    grey = (cv2.GaussianBlur(wall, (3, 3), 0) + noise).clip(0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", cv2.merge([grey] * 3))
    return SourceImage.from_bytes(data.tobytes())


def ask(detector: Detector, image: SourceImage, text: str) -> Detections:
    return detector.detect_batch([detector.prepare(image, Prompt.parse(text))])[0]


def test_the_page_s_detector_finds_a_code_in_a_photograph(qr_codes: Detector) -> None:
    found = ask(qr_codes, photograph(SHEET), "a dog . the QR code . 一个二维码")
    printed = cv2.perspectiveTransform(
        square(QUIET)[None], cv2.getPerspectiveTransform(square(0), SHEET)
    )
    truth = np.concatenate([printed.min(1), printed.max(1)], 1)
    assert sorted(found.phrase_index) == [1, 2]
    assert (iou_matrix(found.xyxy, truth) > 0.9).all()
    np.testing.assert_array_equal(found.phrase_scores, [[0, 1, 1]] * 2)


@pytest.mark.parametrize(
    ("sheet", "text"),
    [(SHEET, "a dog"), (None, "the QR code")],
    ids=["not asked for", "not there"],
)
def test_otherwise_it_finds_nothing(
    qr_codes: Detector, sheet: NDArray[np.float32] | None, text: str
) -> None:
    assert ask(qr_codes, photograph(sheet), text) == Detections.empty(1)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_such_module:Thing", "No module named 'no_such_module'"),
        ("tests.fakes:NoSuchThing", "NoSuchThing"),
        ("builtins:object", "model_id: expected 'builtins:object', got None"),
        ("tests.fakes:", "tests.fakes"),
    ],
)
def test_what_cannot_be_plugged_in_is_refused_with_the_reason(
    name: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ModelUnavailable) as raised:
        build_detector(name)
    assert raised.value.facts == {"model": name}
    assert reason in caplog.text


class Unfit:
    model_id = "other"
    revision = 3
    vocabulary = ("a list",)
    card = ModelCard()
    prepare = None


def test_every_fault_is_named() -> None:
    with pytest.raises(PluginUnfit) as raised:
        check_plugin(Unfit(), "mine:Unfit")
    assert str(raised.value).split("; ") == [
        "model_id: expected 'mine:Unfit', got 'other'",
        "revision: expected a str, got 3",
        "vocabulary: expected a frozenset, got ('a list',)",
        "prepare: expected a method",
        "detect_batch: expected a method",
    ]


def test_a_detector_may_be_plugged_in() -> None:
    detector = FakeDetector()
    check_plugin(detector, detector.model_id)
