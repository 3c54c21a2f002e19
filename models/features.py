"""Keeps what a network computed before fusion: pyramids by picture, embeddings by phrase.

Bounded by bytes, least recently used first out. For one thread, the model's own; entries stay on
the model's device.
"""

import math
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from torch import Tensor

from utils.bounded_map import BoundedMap
from utils.clock import SystemClock

K = TypeVar("K", bound=Hashable)


class FeatureCache(Generic[K]):
    """Sequences of tensors under a key. An entry larger than the whole cache is not kept."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.clear()

    @property
    def held_bytes(self) -> int:
        """What the kept tensors take together."""
        return self._entries.weight

    def get(self, key: K) -> tuple[Tensor, ...] | None:
        """The entry, now the most recently used, or None."""
        return self._entries.get(key)

    def put(self, key: K, tensors: Sequence[Tensor]) -> None:
        """Keep an entry and let the oldest go until all fit."""
        self._entries.put(key, tuple(tensors), count_bytes(tensors))

    def clear(self) -> None:
        """Forget everything."""
        self._entries: BoundedMap[K, tuple[Tensor, ...]] = BoundedMap(
            max_weight=self._max_bytes, ttl_s=math.inf, clock=SystemClock()
        )

    def __len__(self) -> int:
        return len(self._entries)


def count_bytes(tensors: Sequence[Tensor]) -> int:
    """Memory held by the tensors, in bytes."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
