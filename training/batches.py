"""Endless training batches: scenes, phrases, targets and the names the contrast compares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple, Self

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from models.nano.letterbox import GREY
from models.nano.tokenizer import PhraseTokenizer, pad_tokens
from training.grammar import Wording, word_phrase
from training.lookalikes import Alike
from training.photos import load_photos
from training.phrases import Ask, Asker, Habits
from training.scenes import USUAL_THINGS, Painter, Placed, Scene
from training.sprites import load_styles
from training.targets import assign
from training.words import GROUPS, LANGUAGES, Language, load_words

CHINESE_SHARE = 0.45
MIXED_SHARE = 0.1
GROUP_SHARE = 0.25  # "animal" means hundreds of things and is learnt last, so it is asked more
GROUP_NAMED_SHARE = 0.1  # of the contrasted things go by the name of their group
ALIKE_SHARE = 0.5
USUAL_PHRASES = 10


class Batch(NamedTuple):
    """One step's data.

    B scenes of side S, R regions, P phrases and N things a scene; U texts; M things contrasted
    with M + E names.
    """

    images: Tensor  # uint8 (B, S, S, 3)
    tokens: Tensor  # int64 (U, L), every text of the batch once
    phrases: Tensor  # int64 (B, P), rows of tokens; -1 where a scene has fewer
    assigned: Tensor  # int64 (B, R), the thing a region answers for, or -1
    boxes: Tensor  # float32 (B, N, 4) xyxy, input pixels
    matches: Tensor  # bool (B, N, P), does the phrase mean the thing
    owners: Tensor  # int64 (M, 2), scene and thing of each contrasted thing
    names: Tensor  # int64 (M + E,), rows of tokens: the name of each thing, then extra ones
    excused: Tensor  # bool (M, M + E), pairs that also fit and are no negatives


@dataclass(frozen=True, kw_only=True)
class BatchPlan:
    """What a stream of batches looks like."""

    seed: int
    side: int
    scenes: int = 16
    phrases: int = 16
    most_things: int = 12
    is_hard: bool = True  # asks for look-alikes and groups more often than a user would
    extra_names: int = 64
    first_step: int = 0
    artwork: tuple[Path, ...] = ()  # folders of further sprites
    photos: Path | None = None  # folder of photographs, some scenes' backgrounds
    alike: Alike = ()  # for each thing those it may be taken for

    @classmethod
    def usual(cls, seed: int, side: int) -> Self:
        """Scenes as full and phrases as many and as hard as in evaluation."""
        return cls(
            seed=seed,
            side=side,
            phrases=USUAL_PHRASES,
            most_things=USUAL_THINGS,
            is_hard=False,
            extra_names=0,
        )


class _Texts:
    """Collects the distinct texts of a batch and gives each its row."""

    def __init__(self, tokenizer: PhraseTokenizer) -> None:
        self._tokenizer = tokenizer
        self._rows: dict[str, int] = {}

    def row(self, text: str) -> int:
        return self._rows.setdefault(text, len(self._rows))

    def tokens(self) -> Tensor:
        return torch.from_numpy(pad_tokens([self._tokenizer.encode(text) for text in self._rows]))


class SceneBatches(IterableDataset[Batch]):
    """An endless stream that follows from its plan alone."""

    def __init__(self, plan: BatchPlan, tokenizer_json: str) -> None:
        """Keep the plan; sprites are rendered where the stream is read."""
        self._plan = plan
        self._tokenizer_json = tokenizer_json

    def __iter__(self) -> Iterator[Batch]:
        """Draw batch after batch; several data-loading processes take turns."""
        worker = get_worker_info()
        turn, turns = (worker.id, worker.num_workers) if worker else (0, 1)
        if worker:
            cv2.setNumThreads(1)
            torch.set_num_threads(1)
        maker = BatchMaker(self._plan, PhraseTokenizer.from_json(self._tokenizer_json))
        for step in count(self._plan.first_step + turn, turns):
            yield maker.make(step)


class BatchMaker:
    """Draws the batch of a step."""

    def __init__(self, plan: BatchPlan, tokenizer: PhraseTokenizer) -> None:
        """Render the sprites."""
        self._plan, self._tokenizer, self._words = plan, tokenizer, load_words()
        glyphs = [thing.glyph for thing in self._words.things if thing.glyph]
        styles = load_styles(glyphs, plan.artwork)
        self._painter = Painter(self._words, styles, load_photos(plan.photos), plan.most_things)
        hard = Habits(GROUP_SHARE, ALIKE_SHARE, plan.alike)
        self._asker = Asker(self._words, hard if plan.is_hard else Habits())

    def make(self, step: int) -> Batch:
        """Draw scenes, ask about them, assign regions; equal steps give equal batches."""
        plan, texts = self._plan, _Texts(self._tokenizer)
        rng = np.random.default_rng([plan.seed, plan.side, step])
        scenes = [self._painter.draw(rng, plan.side) for _ in range(plan.scenes)]
        asked = [self._ask(rng, scene) for scene in scenes]
        most = max(len(scene.placed) for scene in scenes) or 1
        phrases = np.full((plan.scenes, plan.phrases), -1, np.int64)
        boxes = np.zeros((plan.scenes, most, 4), np.float32)
        matches = np.zeros((plan.scenes, most, plan.phrases), np.bool_)
        assigned = []
        for b, (scene, asks) in enumerate(zip(scenes, asked, strict=True)):
            xyxy = np.array([thing.xyxy for thing in scene.placed], np.float32).reshape(-1, 4)
            boxes[b, : len(xyxy)] = xyxy
            assigned.append(assign(xyxy, plan.side))
            for p, ask in enumerate(asks):
                phrases[b, p] = texts.row(ask.text)
                matches[b, list(ask.answers), p] = True
        owners, names, excused = self._contrast(rng, scenes, texts)
        return Batch(
            torch.from_numpy(np.stack([_pad(scene.pixels, plan.side) for scene in scenes])),
            texts.tokens(),
            torch.from_numpy(phrases),
            torch.from_numpy(np.stack(assigned)),
            torch.from_numpy(boxes),
            torch.from_numpy(matches),
            torch.from_numpy(owners),
            torch.from_numpy(names),
            torch.from_numpy(excused),
        )

    def _ask(self, rng: np.random.Generator, scene: Scene) -> list[Ask]:
        wanted = int(rng.integers(4, self._plan.phrases + 1))
        if rng.random() < MIXED_SHARE:
            half = [self._asker.ask(rng, scene, wanted // 2, language) for language in LANGUAGES]
            return [ask for asks in half for ask in asks]
        language: Language = "zh" if rng.random() < CHINESE_SHARE else "en"
        return self._asker.ask(rng, scene, wanted, language)

    def _contrast(
        self, rng: np.random.Generator, scenes: Sequence[Scene], texts: _Texts
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Owners (M, 2), name rows (M + E,) and excused pairs (M, M + E) of the contrast."""
        things = [
            (b, n, placed)
            for b, scene in enumerate(scenes)
            for n, placed in enumerate(scene.placed)
        ]
        named = [self._name(rng, placed) for _, _, placed in things]
        for _ in range(self._plan.extra_names):
            number = int(rng.integers(len(self._words.things)))
            if self._plan.alike and things and rng.random() < ALIKE_SHARE:
                like = things[int(rng.integers(len(things)))][2].thing
                number = int(rng.choice(self._plan.alike[like]))
            named.append(self._name(rng, Placed(number, None, (0, 0, 0, 0), 0)))
        fits = np.stack([membership for _, membership, _ in named])  # (M + E, things)
        colours = np.array([colour or "" for _, _, colour in named])
        shown = np.array([placed.thing for _, _, placed in things])
        tints = np.array([placed.colour or "" for _, _, placed in things])
        agree = (colours[None] == "") | (tints[:, None] == "") | (colours[None] == tints[:, None])
        excused = fits[:, shown].T & agree
        owners = np.array([(b, n) for b, n, _ in things], np.int64).reshape(-1, 2)
        rows = np.array([texts.row(text) for text, _, _ in named], np.int64)
        return owners, rows, excused

    def _name(self, rng: np.random.Generator, placed: Placed) -> tuple[str, np.ndarray, str | None]:
        """A name for a thing, which things it fits or may fit (things,), its stated colour."""
        language: Language = "zh" if rng.random() < CHINESE_SHARE else "en"
        thing = self._words.things[placed.thing]
        if thing.group in GROUPS and rng.random() < GROUP_NAMED_SHARE:
            members = np.array([other.group == thing.group for other in self._words.things])
            return GROUPS[thing.group][language == "zh"], members, None
        name = str(rng.choice(thing.names[language]))
        colour = placed.colour if rng.random() < 0.5 else None
        text = name
        if colour or rng.random() < 0.3:
            text = word_phrase(rng, Wording(language, name, thing.group), colour=colour)
        fits = np.zeros(len(self._words.things), np.bool_)
        fits[list(self._words.truth[language][name] | self._words.doubt[language][name])] = True
        return text, fits, colour


def _pad(pixels: np.ndarray, side: int) -> np.ndarray:
    square = np.full((side, side, 3), GREY, np.uint8)
    square[: pixels.shape[0], : pixels.shape[1]] = pixels
    return square
