"""Where the time of a question goes in a published GLIP: python tools/time_glip.py --preset T.

Random weights, a caption of 16 tokens. A second question about the same picture is spared the leg
"picture": its features are kept. On a busy machine look at cpu-s.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a script, find the rooms

from models.glip.checkpoint import adopt_weights
from models.glip.config import GLIP_L, GLIP_T, GLIP_T_A, GLIPConfig
from models.glip.network import GLIP, build_glip
from models.glip.preprocess import stack_padded

PRESETS: Final = {"A": GLIP_T_A, "T": GLIP_T, "L": GLIP_L}
TOKENS: Final = 16


@dataclass(frozen=True)
class Cost:
    """What one leg of a question costs."""

    leg: str
    wall_s: float
    cpu_s: float  # of all threads together
    gflop: float  # matrix products and convolutions; gathers and sums are not counted


def measure(leg: str, call: Callable[[], object], device: torch.device, repeats: int) -> Cost:
    """Call once to warm up and count, then `repeats` times; the fastest counts."""
    with FlopCounterMode(display=False) as counter:
        call()
    walls, cpus = [], []
    for _ in range(repeats):
        _wait_for(device)
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        _wait_for(device)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Cost(leg, min(walls), min(cpus), counter.get_total_flops() / 1e9)


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def build(config: GLIPConfig, device: torch.device, dtype: torch.dtype) -> GLIP:
    """Build a network with random weights, laid out as loading lays them out."""
    model = build_glip(config)
    adopt_weights(model, build_glip(config, "cpu").state_dict())
    return model.to(device, dtype)


def measure_legs(
    model: GLIP, shape_hw: tuple[int, int], *, rows: int, repeats: int
) -> tuple[list[Cost], Callable[[], object]]:
    """Costs of picture, caption and grounding, and a call that grounds once more."""
    device, dtype = model.device, model.rpn.head.bias0.dtype
    picture = torch.randn(3, *shape_hw, device=device, dtype=dtype)
    images = stack_padded([picture] * rows, model.config.size_divisor)
    input_ids = torch.full((rows, TOKENS), 1000, device=device)
    mask = torch.ones_like(input_ids, dtype=torch.bool)
    levels: list[Tensor] = model.encode_image(images)
    text = model.encode_text(input_ids, mask)

    def ground() -> object:
        return model.ground(levels, text, mask)

    legs: dict[str, Callable[[], object]] = {
        "picture": lambda: model.encode_image(images),
        "caption": lambda: model.encode_text(input_ids, mask),
        "ground": ground,
    }
    return [measure(leg, call, device, repeats) for leg, call in legs.items()], ground


def print_costs(costs: list[Cost], rows: int) -> None:
    """Print one line a leg, then what a first and a second question cost."""
    gflop = sum(cost.gflop for cost in costs)
    for cost in costs:
        share = cost.gflop / gflop
        print(
            f"{cost.leg:10} {cost.wall_s:8.3f} s {cost.cpu_s:8.3f} cpu-s "
            f"{cost.gflop:8.1f} GFLOP {share:6.1%}"
        )
    for unit in ("wall_s", "cpu_s"):
        first = sum(getattr(cost, unit) for cost in costs) / rows
        second = first - getattr(costs[0], unit) / rows
        print(
            f"{unit:10} {first:.3f} a picture, {second:.3f} for a second question: "
            f"{first / second:.2f} times less"
        )


def print_profile(call: Callable[[], object]) -> None:
    """Print the operators that take most of the CPU's time."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        call()
    events = sorted(profiler.key_averages(), key=lambda event: -event.self_cpu_time_total)
    total = sum(event.self_cpu_time_total for event in events)
    for event in events[:10]:
        print(f"  {event.self_cpu_time_total / total:6.1%} {event.count:6} × {event.key}")


def main() -> None:
    """Measure one preset and print the report."""
    parser = argparse.ArgumentParser(description="Where the time of a question goes in GLIP.")
    parser.add_argument("--preset", default="T", choices=PRESETS)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16"))
    parser.add_argument("--height", type=int, default=800, help="pixels")
    parser.add_argument("--width", type=int, default=1333, help="pixels")
    parser.add_argument("--rows", type=int, default=1, help="pictures in a batch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device, dtype = torch.device(options.device), getattr(torch, options.dtype)
    with torch.inference_mode():
        model = build(PRESETS[options.preset], device, dtype)
        shape_hw = (options.height, options.width)
        costs, ground = measure_legs(model, shape_hw, rows=options.rows, repeats=options.repeats)
        print_costs(costs, options.rows)
        print("grounding, by operator:")
        print_profile(ground)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
