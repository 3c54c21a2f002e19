"""Keeps the pictures that ratings leave, exactly as long as a rating wants them."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from detection.errors import ImageGone, NotSaved
from detection.image import SourceImage
from feedback.kept_images import KeptImages

_LOCKS = 64
_ENCODING_AT_ONCE = 2  # a large picture takes 75 MB and a second


class RecentImages(Protocol):
    """Where the pixels of what was asked about lately can be had."""

    def recall_image(self, digest: str) -> SourceImage | None:
        """Return the picture, if it is still at hand. CPU work."""
        ...


class ImageKeeping:
    """Ties `kept` to the ratings: `is_wanted` says of a digest whether a rating leaves it.

    Safe to use from several threads.
    """

    def __init__(
        self, kept: KeptImages, recent: RecentImages, *, is_wanted: Callable[[str], bool]
    ) -> None:
        self._kept = kept
        self._recent = recent
        self._is_wanted = is_wanted
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))
        self._encoding = threading.BoundedSemaphore(_ENCODING_AT_ONCE)

    @contextmanager
    def rating(self, digest: str, *, keep: bool) -> Iterator[None]:
        """Record a rating of the picture inside: it is kept before, or let go after, as wanted.

        Raises ImageGone or NotSaved, and then nothing was recorded.
        """
        with self._lock(digest):
            if keep:
                self._keep(digest)
            try:
                yield
            finally:
                self._let_go(digest)

    def let_go(self, digests: Iterable[str]) -> int:
        """Delete those of the pictures that no rating wants any more; return how many."""
        count = 0
        for digest in set(digests):
            with self._lock(digest):
                count += self._let_go(digest)
        return count

    def purge(self) -> int:
        """Delete what is too old, or was orphaned by a crash; return how many. Raises OSError."""
        return self._kept.purge() + self.let_go(self._kept.digests())

    def _keep(self, digest: str) -> None:
        if self._kept.path_of(digest) is not None:
            return
        with self._encoding:
            image = self._recent.recall_image(digest)
            if image is None:
                raise ImageGone
            self._kept.keep(image)

    def _let_go(self, digest: str) -> int:
        if self._kept.path_of(digest) is None or self._is_wanted(digest):
            return 0
        try:
            return self._kept.forget([digest])
        except NotSaved:  # what was asked for is done; the next purge comes back for the picture
            return 0

    def _lock(self, digest: str) -> threading.Lock:
        return self._locks[int(digest[:8], 16) % _LOCKS]
