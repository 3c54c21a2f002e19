"""Which picture a file holds, remembered, so that asking again spares the decoding."""

import hashlib
import threading
from dataclasses import dataclass, field

from detection.image import ImageLimits, SourceImage
from detection.query import DetectionForm, validated_image
from monitoring.metrics import Metrics
from serving.bounded_map import BoundedMap
from utils.clock import Clock

REMEMBERED = 4096  # pictures; a few hundred bytes each
TTL_S = 3600.0


@dataclass
class Picture:
    """The identity of a form's image; the pixels only once somebody needs them."""

    form: DetectionForm
    digest: str  # of the upright pixels
    size_wh: tuple[int, int]
    limits: ImageLimits
    _image: SourceImage | None = field(default=None, repr=False)

    def decoded(self) -> SourceImage:
        """Return the image, decoding it at the first call."""
        if self._image is None:
            self._image = validated_image(self.form, self.limits)
        return self._image


class PictureMemo:
    """Knows the pixel digest of files seen before. Safe to use from several threads."""

    def __init__(self, limits: ImageLimits, *, metrics: Metrics, clock: Clock) -> None:
        self._limits = limits
        self._metrics = metrics
        self._known: BoundedMap[str, tuple[str, tuple[int, int]]] = BoundedMap(
            max_weight=REMEMBERED, ttl_s=TTL_S, clock=clock
        )
        self._lock = threading.Lock()

    def identify(self, form: DetectionForm) -> Picture:
        """Return the form's picture; a file that is new is decoded. Raises BadImage."""
        file_digest = hashlib.sha256(form.image_bytes or b"").hexdigest()
        with self._lock:
            known = self._known.get(file_digest)
        self._metrics.cache_requests.labels(
            cache="digests", result="miss" if known is None else "hit"
        ).inc()
        if known is not None:
            digest, size_wh = known
            return Picture(form, digest, size_wh, self._limits)
        image = validated_image(form, self._limits)
        with self._lock:
            self._known.put(file_digest, (image.digest, image.size_wh))
        return Picture(form, image.digest, image.size_wh, self._limits, image)
