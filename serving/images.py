"""Which picture a file holds, remembered, so that asking again spares the decoding.

The latest files are at hand themselves, so that whoever rates can leave the picture.
"""

import hashlib
import threading
from collections.abc import Collection
from dataclasses import dataclass

from detection.image import ImageLimits, SourceImage
from detection.query import DetectionForm, validated_image
from monitoring.metrics import Metrics
from utils.bounded_map import BoundedMap
from utils.clock import Clock

REMEMBERED = 4096  # pictures; a few hundred bytes each
TTL_S = 3600.0


@dataclass(frozen=True)
class Picture:
    """What a result says about its picture."""

    digest: str  # of the upright pixels
    size_wh: tuple[int, int]


class PictureMemo:
    """Decodes, and knows the pictures of files seen before. Safe to use from several threads."""

    def __init__(
        self, limits: ImageLimits, *, recent_bytes: int, metrics: Metrics, clock: Clock
    ) -> None:
        self._limits = limits
        self._metrics = metrics
        self._known: BoundedMap[str, Picture] = BoundedMap(
            max_weight=REMEMBERED, ttl_s=TTL_S, clock=clock
        )
        self._files: BoundedMap[str, bytes] = BoundedMap(
            max_weight=recent_bytes, ttl_s=TTL_S, clock=clock
        )
        self._lock = threading.Lock()

    def identify(self, form: DetectionForm) -> tuple[Picture, SourceImage | None]:
        """Return the form's picture, and its pixels if they had to be decoded. Raises BadImage."""
        data = form.image_bytes or b""
        file_digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            known = self._known.get(file_digest)
        result = "miss" if known is None else "hit"
        self._metrics.cache_requests.labels(cache="digests", result=result).inc()
        image = None
        if known is None:
            image = self.decode(form)
            known = Picture(image.digest, image.size_wh)
        with self._lock:
            self._known.put(file_digest, known)
            self._files.put(known.digest, data, len(data))
        return known, image

    def decode(self, form: DetectionForm) -> SourceImage:
        """Return the form's pixels. Raises BadImage."""
        return validated_image(form, self._limits)

    def recall(self, digest: str) -> SourceImage | None:
        """Return the picture of this digest, if its file is at hand. CPU work."""
        with self._lock:
            data = self._files.get(digest)
        return None if data is None else SourceImage.from_bytes(data, self._limits)

    def forget(self, digests: Collection[str]) -> None:
        """Drop the files of these pictures, and that they were seen."""
        with self._lock:
            self._files.remove_where(lambda digest, _file: digest in digests)
            self._known.remove_where(lambda _file, picture: picture.digest in digests)
