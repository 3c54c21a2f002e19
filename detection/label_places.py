"""Where labels go: beside their box, inside the picture, off each other where that can be."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Rectangle(NamedTuple):
    """Whole pixels, half-open."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.x2 - self.x1, self.y2 - self.y1

    def shared_area(self, other: "Rectangle") -> int:
        """Pixels that lie in both."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return max(width, 0) * max(height, 0)

    def moved_into(self, size_wh: tuple[int, int]) -> "Rectangle":
        """The same rectangle pushed inside a picture; at the top left where it is too large."""
        (width, height), (room_w, room_h) = self.size_wh, size_wh
        x1 = max(min(self.x1, room_w - width), 0)
        y1 = max(min(self.y1, room_h - height), 0)
        return Rectangle(x1, y1, x1 + width, y1 + height)


def place_labels(
    boxes: Sequence[Rectangle], sizes_wh: Sequence[tuple[int, int]], picture_wh: tuple[int, int]
) -> list[Rectangle]:
    """Return a place for each label, in the order of `boxes`; the first ones choose first."""
    placed: list[Rectangle] = []
    for box, size_wh in zip(boxes, sizes_wh, strict=True):
        places = [place.moved_into(picture_wh) for place in _candidates(box, size_wh)]
        placed.append(min(places, key=lambda place: _covered(place, placed)))
    return placed


def _candidates(box: Rectangle, size_wh: tuple[int, int]) -> Iterator[Rectangle]:
    """Above, inside at the top, below, inside at the bottom; on the left, then on the right."""
    width, height = size_wh
    for x1 in (box.x1, box.x2 - width):
        for y1 in (box.y1 - height, box.y1, box.y2, box.y2 - height):
            yield Rectangle(x1, y1, x1 + width, y1 + height)


def _covered(place: Rectangle, placed: Sequence[Rectangle]) -> int:
    return sum(place.shared_area(other) for other in placed)
