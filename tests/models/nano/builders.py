"""A tiny NanoDetector with random weights: quick, and as wrong as it likes."""

import torch

from detection.detector import ModelCard
from models.nano.detector import PYRAMID_BYTES, NanoDetector
from models.nano.network import NanoConfig, NanoNet
from models.nano.tokenizer import PhraseTokenizer
from models.nano.weights import Calibration

TINY = NanoConfig(
    vocabulary_size=64, stem=4, widths=(4, 8, 8, 8), depths=(1, 1, 1, 1), channels=16, heads=2
)


def build_tiny_network() -> NanoNet:
    """The same random network at each call."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = NanoNet(TINY)
    torch.nn.init.constant_(network.bias, 0.0)
    return network.eval()


def build_tiny_detector(pyramid_bytes: int = PYRAMID_BYTES) -> NanoDetector:
    """A detector around the tiny network."""
    return NanoDetector(
        build_tiny_network(),
        PhraseTokenizer.learn(["a red dog", "the blue cat", "红色的狗"], 64),
        calibration=Calibration(),
        revision="tiny",
        vocabulary=frozenset({"bow and arrow"}),
        card=ModelCard(),
        pyramid_bytes=pyramid_bytes,
    )
