import itertools

import cv2
import numpy as np
import pytest

from detection.palette import PALETTE, contrast_colour, phrase_colour

# Linear RGB as a colour-blind eye sees it (Machado, Oliveira and Fernandes, 2009, severity 1).
EYES = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "usual": np.eye(3).tolist(),
}


def lab(colour: str, eye: str) -> np.ndarray:
    """Return the CIE L*a*b* of "#rrggbb" as `eye` sees it."""
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(EYES[eye]) @ linear, 0, 1).astype(np.float32)
    return np.asarray(cv2.cvtColor(seen.reshape(1, 1, 3), cv2.COLOR_LRGB2Lab)).ravel()


@pytest.mark.parametrize("eye", EYES)
def test_no_two_colours_look_alike_to_any_eye(eye: str) -> None:
    """A difference of 10 in L*a*b* is seen at a glance; 2.3 is just noticed."""
    pairs = itertools.combinations(PALETTE, 2)
    distances = {
        pair: float(np.linalg.norm(lab(pair[0], eye) - lab(pair[1], eye))) for pair in pairs
    }
    closest = min(distances, key=lambda pair: distances[pair])
    assert distances[closest] > 10, closest


def test_phrases_beyond_the_palette_start_again() -> None:
    assert phrase_colour(0) == phrase_colour(len(PALETTE)) == PALETTE[0]
    assert len(set(PALETTE)) == len(PALETTE) >= 7


@pytest.mark.parametrize(
    ("colour", "ink"),
    [
        ("#000000", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#f0e442", "#000000"),
        ("#0072b2", "#ffffff"),
    ],
)
def test_the_ink_is_the_one_that_reads_better(colour: str, ink: str) -> None:
    assert contrast_colour(colour) == ink
