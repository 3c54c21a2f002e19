"""The feature cache: bounded by bytes, least recently used first out."""

import torch

from models.features import FeatureCache, count_bytes

ENTRY = (torch.zeros(10), torch.zeros(15))  # 100 bytes of float32


def test_an_entry_comes_back_as_it_was_put() -> None:
    cache = FeatureCache[str](1000)
    cache.put("a", ENTRY)
    held = cache.get("a")
    assert held is not None
    assert all(map(torch.equal, held, ENTRY))
    assert cache.get("b") is None


def test_the_least_recently_used_entry_goes_first() -> None:
    cache = FeatureCache[str](250)
    cache.put("a", ENTRY)
    cache.put("b", ENTRY)
    cache.get("a")
    cache.put("c", ENTRY)
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]
    assert cache.held_bytes == 200


def test_an_entry_larger_than_the_cache_is_not_kept() -> None:
    cache = FeatureCache[str](99)
    cache.put("a", ENTRY)
    assert len(cache) == 0
    assert cache.held_bytes == 0


def test_putting_a_key_again_replaces_it() -> None:
    cache = FeatureCache[str](250)
    cache.put("a", ENTRY)
    cache.put("a", ENTRY[:1])
    assert cache.held_bytes == count_bytes(ENTRY[:1]) == 40
