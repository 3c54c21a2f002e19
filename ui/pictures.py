"""Pictures for the screen: read once, scaled to what a screen shows, drawn on, encoded."""

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from gradio.processing_utils import save_bytes_to_cache
from PIL import Image

from detection.annotate import annotate
from detection.image import SourceImage
from detection.prompt import Prompt
from detection.result import Detections
from ui.view import View

MAX_SIDE = 1600  # pixels; with 12 pictures remembered, at most 92 MB
_JPEG_QUALITY = 90
_THUMBNAIL_SIDE = 320  # pixels


@dataclass(frozen=True)
class ScreenPicture:
    """A picture at screen size."""

    image: SourceImage
    scale: float  # screen pixels by source pixels, at most 1

    @classmethod
    def of(cls, source: SourceImage) -> "ScreenPicture":
        """Scale a picture down to the screen; a smaller one stays as it is."""
        scale = MAX_SIDE / max(source.size_wh)
        if scale >= 1:
            return cls(source, 1.0)
        size_wh = (max(1, round(source.width * scale)), max(1, round(source.height * scale)))
        small = Image.fromarray(source.pixels).resize(size_wh, Image.Resampling.LANCZOS)
        return cls(SourceImage.from_pixels(np.asarray(small)), scale)

    def as_jpeg(self) -> bytes:
        """Encode with sharp colours (4:4:4)."""
        return _encode(self.image, "JPEG", quality=_JPEG_QUALITY, subsampling=0)

    def thumbnail(self, detections: Detections, prompt: Prompt) -> bytes:
        """Draw detections (in source pixels), scale down, and encode as JPEG."""
        drawn = Image.fromarray(annotate(self.image, self._scaled(detections), prompt).pixels)
        drawn.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
        return _encode(SourceImage.from_pixels(np.asarray(drawn)), "JPEG", quality=_JPEG_QUALITY)

    def _scaled(self, detections: Detections) -> Detections:
        return replace(detections, xyxy=detections.xyxy * np.float32(self.scale))


@lru_cache(maxsize=12)
def load_screen_picture(path: Path) -> ScreenPicture:
    """Decode an upload; its path holds its content's digest. Raises BadImage or OSError."""
    return ScreenPicture.of(SourceImage.from_bytes(path.read_bytes()))


@dataclass(frozen=True)
class SavedPictures:
    """Where the page fetches an answer's pictures."""

    screen: Path  # without boxes, which the page draws itself
    thumbnail: Path


def save_pictures(upload: Path, view: View, cache: Path) -> SavedPictures:
    """Put an answer's pictures into Gradio's cache. Raises BadImage or OSError."""
    picture = load_screen_picture(upload)
    thumbnail = picture.thumbnail(view.shown, view.result.prompt)
    return SavedPictures(
        screen=Path(save_bytes_to_cache(picture.as_jpeg(), "picture.jpg", str(cache))),
        thumbnail=Path(save_bytes_to_cache(thumbnail, "thumbnail.jpg", str(cache))),
    )


def _encode(image: SourceImage, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image.pixels).save(buffer, kind, **options)
    return buffer.getvalue()
