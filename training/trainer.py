"""The training loop: steps, schedule, validation, checkpoints; one instance a process."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor
from torch.utils.data import DataLoader

from models.nano.network import NanoConfig, NanoNet, place_network
from models.nano.tokenizer import PhraseTokenizer
from models.nano.weights import Calibration, load_weights, save_weights
from training.batches import Batch, BatchMaker, BatchPlan, SceneBatches
from training.checkpoint import Ema, load_checkpoint, save_checkpoint
from training.corpus import list_phrases, list_unsplittable
from training.journal import Journal
from training.lookalikes import Alike, find_lookalikes
from training.muon import build_optimisers
from training.objective import NAMING_SCALE, compute_loss
from training.schedule import Schedule
from training.sprites import render_noto
from training.validate import validate
from training.words import load_words

CLIP = 4.0
VALIDATION_SEED = 987_654
CHECKPOINT_FILE = "checkpoint.pt"
WEIGHTS_FILE = "glip-nano.safetensors"


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """One training run."""

    run_dir: Path
    minutes: float
    processes: int = 2
    device: str = "cpu"
    seed: int = 1
    scenes: int = 16  # a process and step
    workers: int = 1  # data-loading processes a process; several on a machine of many cores
    extra_names: int = 64
    validation_batches: int = 4  # of 16 scenes
    validate_every_s: float = 400.0
    save_every_s: float = 120.0
    max_steps: int | None = None
    artwork: tuple[Path, ...] = ()  # folders of further sprites, beside Noto's
    photos: Path | None = None
    tensorboard: Path | None = None  # folder that TensorBoard reads
    init: Path | None = None
    schedule: Schedule = field(default_factory=Schedule)


class Trainer:
    """One process of a run: its network, its data, its place in the schedule."""

    def __init__(self, plan: TrainingPlan, rank: int) -> None:
        """Build or restore everything; all processes start equal."""
        self.plan, self.rank = plan, rank
        self.step, self.seen, self.elapsed_s = 0, 0, 0.0
        self.journal = Journal(plan.run_dir, plan.tensorboard if rank == 0 else None)
        torch.manual_seed(plan.seed)
        network = NanoNet(NanoConfig())
        self.alike: Alike = ()
        if plan.init is None:
            tokenizer = PhraseTokenizer.learn(list_phrases(), NanoConfig.vocabulary_size)
            self.tokenizer_json = tokenizer.as_json()
        else:
            weights = load_weights(plan.init)
            network.load_state_dict(dict(weights.tensors))
            self.tokenizer_json = weights.tokenizer_json
            self.alike = self._find_lookalikes(network)
        self.network = place_network(network, plan.device)
        self.scale = torch.nn.Parameter(torch.tensor(NAMING_SCALE, device=plan.device))
        self.ema = Ema(self.network)
        self.optimisers = build_optimisers(self.network, plan.schedule.peak)
        self.optimisers[1].add_param_group({"params": [self.scale]})
        self._restore()

    def train(self) -> None:
        """Step until the budget is used up; validate and save by the way."""
        self.network.train()
        side, batches = 0, iter(list[Batch]())
        checked_s = saved_s = self.elapsed_s
        started = time.monotonic() - self.elapsed_s
        while self.progress < 1 and self.step != self.plan.max_steps:
            if side != self.plan.schedule.side(self.progress):
                side = self.plan.schedule.side(self.progress)
                batches = self._stream(side)
            figures = self._step(next(batches))
            self.elapsed_s = self._agree(time.monotonic() - started)
            if self.step % 20 == 0:
                self._record({"side": side, **figures})
            if self.elapsed_s - checked_s > self.plan.validate_every_s:
                checked_s = self.elapsed_s
                self._validate()
            if self.elapsed_s - saved_s > self.plan.save_every_s:
                saved_s = self.elapsed_s
                self._save()
        self._validate()
        self._save()
        self.journal.close()

    @property
    def progress(self) -> float:
        """Used share of the time budget."""
        return self.elapsed_s / (self.plan.minutes * 60)

    def _find_lookalikes(self, network: NanoNet) -> Alike:
        """What the weights a run starts from confuse; the same however often it is resumed."""
        words, tokenizer = load_words(), PhraseTokenizer.from_json(self.tokenizer_json)
        glyphs = tuple(thing.glyph for thing in words.things if thing.glyph)
        return find_lookalikes(network, tokenizer, words, render_noto(glyphs))

    def _stream(self, side: int) -> Iterator[Batch]:
        """Batches from this step on; a resumed run goes on where it was."""
        plan = self.plan
        drawn = BatchPlan(
            seed=plan.seed * 1000 + self.rank,
            side=side,
            scenes=plan.scenes,
            extra_names=plan.extra_names,
            first_step=self.step,
            artwork=plan.artwork,
            photos=plan.photos,
            alike=self.alike,
        )
        return iter(
            DataLoader(
                SceneBatches(drawn, self.tokenizer_json),
                batch_size=None,
                num_workers=plan.workers,
                prefetch_factor=6 if plan.workers else None,
            )
        )

    def _step(self, batch: Batch) -> dict[str, float]:
        """One update of the network from one batch a process; the loss and its parts come back."""
        learning_rate = self.plan.schedule.learning_rate(self.progress, self.step)
        is_mixed = self.plan.device == "cuda"  # on a CPU without its unit, bfloat16 is slower
        with torch.autocast(self.plan.device, torch.bfloat16, enabled=is_mixed):
            loss, parts = compute_loss(self.network, batch, self.scale)
        torch.autograd.backward(loss)
        params = [*self.network.parameters(), self.scale]
        self._average([param.grad for param in params if param.grad is not None])
        torch.nn.utils.clip_grad_norm_(params, CLIP)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step += 1
        self.seen += len(batch.images) * self.plan.processes
        self.ema.update(self.network, self.step)
        return {"loss": float(loss.detach()), "lr": learning_rate, **parts}

    def _average(self, grads: list[Tensor]) -> None:
        if self.plan.processes == 1:
            return
        flat = torch.cat([grad.flatten() for grad in grads])
        dist.all_reduce(flat)
        flat /= self.plan.processes
        sizes = [grad.numel() for grad in grads]
        for grad, part in zip(grads, torch.split(flat, sizes), strict=True):
            grad.copy_(part.view_as(grad))

    def _agree(self, elapsed_s: float) -> float:
        """The longest time any process has seen, so that all turn the same corners."""
        if self.plan.processes == 1:
            return elapsed_s
        shared = torch.tensor(elapsed_s, dtype=torch.float64)
        dist.all_reduce(shared, op=dist.ReduceOp.MAX)
        return float(shared)

    def _validate(self) -> None:
        """Measure the running mean of the weights on scenes no training batch holds."""
        rounds = self.plan.validation_batches
        if self.rank != 0 or not rounds:
            return
        plan = BatchPlan.usual(VALIDATION_SEED, side=256)
        maker = BatchMaker(plan, PhraseTokenizer.from_json(self.tokenizer_json))
        self._record(validate(self.ema.network, [maker.make(step) for step in range(rounds)]))

    def _record(self, figures: dict[str, float]) -> None:
        if self.rank != 0:
            return
        left_s = max(0.0, self.plan.minutes * 60 - self.elapsed_s)
        place = {"step": self.step, "seen": self.seen, "elapsed_s": round(self.elapsed_s, 1)}
        rounded = {name: round(value, 5) for name, value in figures.items()}
        self.journal.write(place, rounded)
        print(json.dumps(place | rounded | {"eta_min": round(left_s / 60, 1)}), flush=True)

    def _save(self) -> None:
        if self.rank != 0:
            return
        state = {
            "network": self.network.state_dict(),
            "ema": self.ema.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "scale": self.scale.detach(),
            "progress": {"step": self.step, "seen": self.seen, "elapsed_s": self.elapsed_s},
            "tokenizer": self.tokenizer_json,
        }
        save_checkpoint(self.plan.run_dir / CHECKPOINT_FILE, state)
        save_weights(
            self.plan.run_dir / WEIGHTS_FILE,
            self.ema.network.state_dict(),
            tokenizer_json=self.tokenizer_json,
            vocabulary=list_unsplittable(),
            calibration=Calibration(),
        )

    def _restore(self) -> None:
        state = load_checkpoint(self.plan.run_dir / CHECKPOINT_FILE, self.plan.device)
        if state is None:
            return
        self.network.load_state_dict(state["network"])
        self.ema.network.load_state_dict(state["ema"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        self.scale.data.copy_(state["scale"])
        self.tokenizer_json = state["tokenizer"]
        for name, value in state["progress"].items():
            setattr(self, name, value)
