"""The model's copy of a prompt (NFC, full width folded, lower case), with a way back.

Lower case rather than case folding: that is what the published text encoders were trained on.
"""

import unicodedata
from collections.abc import Iterator

_COMPATIBLE_WIDTHS = ("<wide>", "<narrow>")


def fold(text: str) -> str:
    """Normalise `text`; the length may change ("İ" grows, "e" with an accent shrinks)."""
    composed = unicodedata.normalize("NFC", "".join(map(_usual_width, text)))
    # One by one: as a whole, lower() would look at a sigma's neighbours.
    return unicodedata.normalize("NFC", "".join(map(str.lower, composed)))


def fold_with_offsets(text: str) -> tuple[str, list[int], list[int]]:
    """Return the folded text and, for every code point of `text`, where its cluster lies in it.

    Characters that melt together (a letter and its accents) are one cluster: each of them starts
    at the cluster's start and ends at its end, so no span ever begins inside a letter.
    """
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    length = 0
    for cluster in _clusters(text):
        piece = fold(cluster)
        folded.append(piece)
        starts += [length] * len(cluster)
        length += len(piece)
        ends += [length] * len(cluster)
    return "".join(folded), starts, ends


def _clusters(text: str) -> Iterator[str]:
    cluster = ""
    for character in text:
        if cluster and not _melts(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _melts(cluster: str, character: str) -> bool:
    """Whether `character` belongs to the cluster before it: marks do, and what composes with it."""
    if unicodedata.combining(_usual_width(character)):
        return True
    if character.isascii():
        return False
    return fold(cluster + character) != fold(cluster) + fold(character)


def _usual_width(character: str) -> str:
    width, _, code = unicodedata.decomposition(character).partition(" ")
    return chr(int(code, 16)) if width in _COMPATIBLE_WIDTHS else character
