"""Pictures for the screen: read once, scaled to what a screen shows, drawn on, encoded."""

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from detection.annotate import annotate
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections

MAX_SIDE = 1600  # pixels; with 12 pictures remembered, at most 92 MB
_JPEG_QUALITY = 90


@dataclass(frozen=True)
class ScreenPicture:
    """A picture at screen size, and what it was made from."""

    image: SourceImage
    source_digest: str
    scale: float  # screen pixels by source pixels, at most 1

    @classmethod
    def of(cls, source: SourceImage) -> "ScreenPicture":
        """Scale a picture down to the screen; a smaller one stays as it is."""
        scale = MAX_SIDE / max(source.size_wh)
        if scale >= 1:
            return cls(source, source.digest, 1.0)
        size_wh = (max(1, round(source.width * scale)), max(1, round(source.height * scale)))
        small = Image.fromarray(source.pixels).resize(size_wh, Image.Resampling.LANCZOS)
        return cls(SourceImage.from_pixels(np.asarray(small)), source.digest, scale)

    def with_boxes(self, detections: Detections, prompt: Prompt) -> bytes:
        """Draw detections (in source pixels) and return a JPEG with sharp colours (4:4:4)."""
        drawn = annotate(self.image, self._scaled(detections), prompt)
        buffer = io.BytesIO()
        Image.fromarray(drawn.pixels).save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
        return buffer.getvalue()

    def _scaled(self, detections: Detections) -> Detections:
        return replace(detections, xyxy=detections.xyxy * np.float32(self.scale))


@lru_cache(maxsize=12)
def load_screen_picture(path: Path) -> ScreenPicture:
    """Decode an upload; its path holds its content's digest. Raises BadImage or OSError."""
    return ScreenPicture.of(SourceImage.from_bytes(path.read_bytes()))
