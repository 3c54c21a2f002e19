"""Trains glip-nano within a time budget: ``python -m training.train --minutes 60``.

Several processes of one thread each draw their own scenes and average their gradients (gloo); with
CUDA one process does it all. Killed anywhere, the same command goes on from the last checkpoint.
"""

import argparse
import os
from pathlib import Path

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import spawn

from training.memory import keep_freed_memory
from training.schedule import Schedule
from training.trainer import Trainer, TrainingPlan


def start(rank: int, plan: TrainingPlan) -> None:
    """Train in this process as number ``rank`` of the run."""
    keep_freed_memory()
    torch.set_num_threads(1 if plan.device == "cpu" else os.cpu_count() or 1)
    if plan.processes > 1:
        meeting = plan.run_dir / "meeting"
        dist.init_process_group(
            "gloo", init_method=meeting.absolute().as_uri(), rank=rank, world_size=plan.processes
        )
    Trainer(plan, rank).train()
    if plan.processes > 1:
        dist.destroy_process_group()


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="time budget of the whole run")
    parser.add_argument("--run", type=Path, default=Path("runs/nano"), help="folder of the run")
    parser.add_argument("--init", type=Path, help="weights to start from, with a fresh optimiser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2, help="on the CPU")
    parser.add_argument("--scenes", type=int, default=16, help="a process and step")
    parser.add_argument("--artwork", type=Path, nargs="*", default=[], help="further sprites")
    parser.add_argument("--photos", type=Path, help="folder of photographs for backgrounds")
    parser.add_argument("--tensorboard", type=Path, help="folder to write TensorBoard's files to")
    given = parser.parse_args()
    has_cuda = torch.cuda.is_available()
    plan = TrainingPlan(
        run_dir=given.run,
        minutes=given.minutes,
        processes=1 if has_cuda else given.processes,
        device="cuda" if has_cuda else "cpu",
        seed=given.seed,
        scenes=given.scenes,
        init=given.init,
        artwork=tuple(given.artwork),
        photos=given.photos,
        tensorboard=given.tensorboard,
        workers=max(1, (os.cpu_count() or 1) - 1) if has_cuda else 1,
        schedule=Schedule.continued() if given.init else Schedule(),
    )
    plan.run_dir.mkdir(parents=True, exist_ok=True)
    (plan.run_dir / "meeting").unlink(missing_ok=True)
    if plan.processes == 1:
        start(0, plan)
    else:
        spawn(start, (plan,), nprocs=plan.processes)  # type: ignore[no-untyped-call]  # untyped in torch


if __name__ == "__main__":
    main()
