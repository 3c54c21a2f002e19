"""What a second question about a picture costs: python tools/time_again.py --model nano.

The shipped glip-nano, or GLIP-T, Grounding DINO-T or OWLv2-B with random weights, asked twice about
one picture with other words: with the feature cache and without. On a busy machine look at cpu-s.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a script, find the rooms

from detection.detector import Detector, ModelCard
from detection.image import SourceImage
from detection.prompt import Prompt
from models.features import FeatureCache
from models.glip.checkpoint import adopt_weights
from models.glip.config import GLIP_T
from models.glip.detector import GLIPDetector
from models.glip.network import build_glip
from models.glip.text import CaptionTokenizer
from models.huggingface.detector import DOT, GroundingDINODetector
from models.huggingface.files import ColourRules, PictureRules
from models.huggingface.kept_encoder import keep_pictures
from models.huggingface.owl import OWLDetector
from models.nano.load import load_nano

CARD: Final = ModelCard()
WORDS: Final = ("a dog . the red cup", "a tree . two small birds")
MARKS: Final = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", DOT: "."}
# Ids as the vocabulary of BERT would give, about as many as a caption of these words has.
VOCABULARY: Final = {MARKS.get(at, f"[unused{at}]"): at for at in range(30_522)}


@dataclass(frozen=True)
class Cost:
    """What answering one question cost."""

    wall_s: float
    cpu_s: float  # of all threads together
    gflop: float  # matrix products and convolutions


def build_nano() -> Detector:
    return load_nano("cpu")


def build_glip_t() -> Detector:
    model = build_glip(GLIP_T)
    adopt_weights(model, build_glip(GLIP_T, "cpu").state_dict())
    return GLIPDetector(
        model, CaptionTokenizer(VOCABULARY), model_id="glip", revision="0", card=CARD
    )


def build_dino_t() -> Detector:
    from transformers import GroundingDinoConfig, GroundingDinoForObjectDetection  # noqa: PLC0415 - slow to import

    network: Any = GroundingDinoForObjectDetection(GroundingDinoConfig())
    network.eval()
    keep_pictures(network)
    rules = PictureRules(
        mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), shorter_side=800, longer_side=1333
    )
    return GroundingDINODetector(
        network, CaptionTokenizer(VOCABULARY), rules, model_id="dino", revision="0", card=CARD
    )


def build_owl_b() -> Detector:
    from tokenizers import Tokenizer  # noqa: PLC0415 - likewise
    from tokenizers.models import WordLevel  # noqa: PLC0415 - likewise
    from tokenizers.processors import TemplateProcessing  # noqa: PLC0415 - likewise
    from transformers import Owlv2Config, Owlv2ForObjectDetection  # noqa: PLC0415 - likewise

    config: Any = Owlv2Config(
        vision_config={"image_size": 960, "patch_size": 16},
        text_config={"pad_token_id": 0, "bos_token_id": 49406, "eos_token_id": 49407},
    )
    network: Any = Owlv2ForObjectDetection(config)
    network.eval()
    tokenizer = Tokenizer(WordLevel({"[UNK]": 1, "begin": 49406, "end": 49407}, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.post_processor = TemplateProcessing(
        single="begin $A end", special_tokens=[("begin", 49406), ("end", 49407)]
    )
    colours = ColourRules((0.48, 0.46, 0.41), (0.27, 0.26, 0.28))
    return OWLDetector(network, tokenizer, colours, model_id="owl", revision="0", card=CARD)


MODELS: Final[dict[str, Callable[[], Detector]]] = {
    "nano": build_nano,
    "glip": build_glip_t,
    "dino": build_dino_t,
    "owl": build_owl_b,
}


def measure(detector: Detector, image: SourceImage, text: str) -> Cost:
    """Answer one question, preparation left out."""
    job = detector.prepare(image, Prompt.parse(text))
    wall, cpu = time.perf_counter(), time.process_time()
    with FlopCounterMode(display=False) as counter:
        detector.detect_batch([job])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Cost(wall, cpu, counter.get_total_flops() / 1e9)


def forget(part: object, seen: set[int]) -> None:
    """Empty every feature cache a detector holds, however deep."""
    if id(part) in seen or not hasattr(part, "__dict__"):
        return
    seen.add(id(part))
    if isinstance(part, FeatureCache):
        part.clear()
        return
    inner = part.modules() if isinstance(part, torch.nn.Module) else vars(part).values()
    for one in inner:
        for value in vars(one).values() if isinstance(one, torch.nn.Module) else (one,):
            forget(value, seen)


def main() -> None:
    """Ask twice, with the cache and without, and print the four costs and their ratio."""
    parser = argparse.ArgumentParser(description="What a second question about a picture costs.")
    parser.add_argument("--model", default="nano", choices=MODELS)
    parser.add_argument("--height", type=int, default=800, help="pixels")
    parser.add_argument("--width", type=int, default=1333, help="pixels")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    detector = MODELS[options.model]()
    shape = (options.height, options.width, 3)
    image = SourceImage.from_pixels(np.random.default_rng(0).integers(0, 256, shape, np.uint8))
    measure(detector, image, WORDS[0])
    costs: dict[str, list[Cost]] = {"first": [], "second, kept": [], "second, not kept": []}
    for _ in range(options.repeats):  # side by side, so that a busy machine harms all alike
        forget(detector, set())
        costs["first"].append(measure(detector, image, WORDS[0]))
        costs["second, kept"].append(measure(detector, image, WORDS[1]))
        forget(detector, set())
        costs["second, not kept"].append(measure(detector, image, WORDS[1]))
    best = {name: min(runs, key=lambda cost: cost.cpu_s) for name, runs in costs.items()}
    for name, cost in best.items():
        print(f"{name:17} {cost.wall_s:8.3f} s {cost.cpu_s:8.3f} cpu-s {cost.gflop:8.1f} GFLOP")
    bare, kept = best["second, not kept"], best["second, kept"]
    print(
        f"kept: {bare.cpu_s / kept.cpu_s:.2f} times less CPU; "
        f"{1 - kept.gflop / bare.gflop:.1%} of the FLOPs are kept parts"
    )


if __name__ == "__main__":
    main()
