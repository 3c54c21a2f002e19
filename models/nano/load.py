"""From the weights file to a detector that answers."""

from pathlib import Path

import torch

from detection.detector import ModelCard
from models.devices import choose_device
from models.nano.detector import NanoDetector
from models.nano.network import NanoConfig, NanoNet, place_network
from models.nano.tokenizer import PhraseTokenizer
from models.nano.weights import WEIGHTS_FILE, NanoWeights, load_weights
from texts import LANGUAGES, say


def load_nano(device: str = "auto", path: Path = WEIGHTS_FILE) -> NanoDetector:
    """Load the shipped detector on ``device``; "auto" takes CUDA when there is one."""
    return build_nano(load_weights(path), choose_device(device))


def build_nano(weights: NanoWeights, device: str) -> NanoDetector:
    """Put network, tokenizer and calibration together."""
    with torch.device("meta"):
        network = NanoNet(NanoConfig())
    network.load_state_dict(dict(weights.tensors), assign=True)
    card = ModelCard(
        default_threshold=weights.calibration.threshold,
        languages=LANGUAGES,
        knows={language: say("models.nano_knows", language) for language in LANGUAGES},
    )
    return NanoDetector(
        place_network(network, device),
        PhraseTokenizer.from_json(weights.tokenizer_json),
        calibration=weights.calibration,
        revision=weights.revision,
        vocabulary=weights.vocabulary,
        card=card,
    )
