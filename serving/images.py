"""Which picture a file holds, remembered, so that asking again spares the decoding."""

import hashlib
import threading
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

    def __init__(self, limits: ImageLimits, *, metrics: Metrics, clock: Clock) -> None:
        self._limits = limits
        self._metrics = metrics
        self._known: BoundedMap[str, Picture] = BoundedMap(
            max_weight=REMEMBERED, ttl_s=TTL_S, clock=clock
        )
        self._lock = threading.Lock()

    def identify(self, form: DetectionForm) -> tuple[Picture, SourceImage | None]:
        """Return the form's picture, and its pixels if they had to be decoded. Raises BadImage."""
        file_digest = hashlib.sha256(form.image_bytes or b"").hexdigest()
        with self._lock:
            known = self._known.get(file_digest)
        result = "miss" if known is None else "hit"
        self._metrics.cache_requests.labels(cache="digests", result=result).inc()
        if known is not None:
            return known, None
        image = self.decode(form)
        picture = Picture(image.digest, image.size_wh)
        with self._lock:
            self._known.put(file_digest, picture)
        return picture, image

    def decode(self, form: DetectionForm) -> SourceImage:
        """Return the form's pixels. Raises BadImage."""
        return validated_image(form, self._limits)
