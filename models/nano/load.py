"""From the weights file to a detector that answers."""

from pathlib import Path

from detection.detector import ModelCard
from models.devices import choose_device
from models.nano.detector import SIDE, NanoDetector
from models.nano.network import NanoConfig, NanoNet, place_network
from models.nano.tokenizer import PhraseTokenizer
from models.nano.weights import WEIGHTS_FILE, NanoWeights, load_weights
from texts import LANGUAGES, say


def load_nano(device: str = "auto", path: Path = WEIGHTS_FILE, *, side: int = SIDE) -> NanoDetector:
    """Load the shipped detector on ``device``; "auto" takes CUDA when there is one."""
    return build_nano(load_weights(path), choose_device(device), side=side)


def build_nano(weights: NanoWeights, device: str, *, side: int = SIDE) -> NanoDetector:
    """Put network, tokenizer and calibration together; ``side`` is the input's, in pixels."""
    network = NanoNet(NanoConfig())  # on "meta", torch would import its compiler to initialise it
    network.load_state_dict(dict(weights.tensors))  # widens to fp32 as it copies
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
        side=side,
    )
