"""What of a caption goes through the network together, and which tokens write which phrase."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.glip.text import CaptionTokens, Span


@dataclass(frozen=True)
class Writing:
    """Where a phrase, or a piece of one too long for a chunk, is written among the tokens."""

    phrase: int
    positions: range


@dataclass(frozen=True)
class Chunk:
    """A stretch of the caption between [CLS] and [SEP] that the network reads at once."""

    ids: tuple[int, ...]
    writings: tuple[Writing, ...]

    def build_positive_map(self, phrase_count: int, length: int) -> Tensor:
        """Which token writes which phrase: bool (phrase_count, length)."""
        positive_map = torch.zeros(phrase_count, length, dtype=torch.bool)
        for writing in self.writings:
            positive_map[writing.phrase, list(writing.positions)] = True
        return positive_map


def split_caption(tokens: CaptionTokens, spans: Sequence[Span], max_tokens: int) -> list[Chunk]:
    """Split a caption into as few chunks as the phrases at `spans` allow; nothing of them is cut.

    A caption that fits is one chunk. A phrase longer than a chunk is divided over several. Without
    any phrase that has tokens there is nothing to ask, and no chunk.
    """
    found = [Writing(phrase, tokens.find(span)) for phrase, span in enumerate(spans)]
    writings = [writing for writing in found if writing.positions]
    if not writings:
        return []
    if len(tokens.ids) <= max_tokens:
        return [Chunk(tokens.ids, tuple(writings))]
    room = max_tokens - 2  # beside [CLS] and [SEP]
    pieces = [piece for writing in writings for piece in _divide(writing, room)]
    return [_cut(tokens, group) for group in _group(pieces, room)]


def _divide(writing: Writing, room: int) -> Iterator[Writing]:
    for start in range(0, len(writing.positions), room):
        yield Writing(writing.phrase, writing.positions[start : start + room])


def _group(pieces: Sequence[Writing], room: int) -> Iterator[list[Writing]]:
    """Neighbours together, as long as they and what lies between them have room."""
    group: list[Writing] = []
    for piece in pieces:
        if group and piece.positions[-1] - group[0].positions[0] >= room:
            yield group
            group = []
        group.append(piece)
    yield group


def _cut(tokens: CaptionTokens, group: Sequence[Writing]) -> Chunk:
    start, end = group[0].positions[0], group[-1].positions[-1] + 1
    ids = (tokens.ids[0], *tokens.ids[start:end], tokens.ids[-1])
    moved = tuple(
        Writing(
            writing.phrase,
            range(writing.positions[0] - start + 1, writing.positions[-1] - start + 2),
        )
        for writing in group
    )
    return Chunk(ids, moved)
