"""Keeps what a network computed before fusion: pyramids by picture, embeddings by phrase.

Bounded by bytes, least recently used first out. For one thread, the model's own; entries stay on
the model's device.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from torch import Tensor

K = TypeVar("K", bound=Hashable)


class FeatureCache(Generic[K]):
    """Sequences of tensors under a key. An entry larger than the whole cache is not kept."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.held_bytes = 0
        self._entries: OrderedDict[K, tuple[Tensor, ...]] = OrderedDict()

    def get(self, key: K) -> tuple[Tensor, ...] | None:
        """The entry, now the most recently used, or None."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: K, tensors: Sequence[Tensor]) -> None:
        """Keep an entry and let the oldest go until all fit."""
        self._drop(key)
        size = count_bytes(tensors)
        if size > self.max_bytes:
            return
        self._entries[key] = tuple(tensors)
        self.held_bytes += size
        while self.held_bytes > self.max_bytes:
            self._drop(next(iter(self._entries)))

    def __len__(self) -> int:
        return len(self._entries)

    def _drop(self, key: K) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.held_bytes -= count_bytes(entry)


def count_bytes(tensors: Sequence[Tensor]) -> int:
    """Memory held by the tensors, in bytes."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
