"""Captions, their tokens, and which tokens name what, as published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

Span = tuple[int, int]  # half-open characters

_AS_DOTS: Final = str.maketrans(dict.fromkeys("\r\n;；。、", "."))


def write_dots(caption: str, spans: Iterable[Span]) -> str:
    """Write "." for line breaks and other separators between the phrases at `spans`.

    Dots are what the network knows between names; BERT would take a line break for a space.
    The length stays, and so do the spans.
    """
    dotted = list(caption.translate(_AS_DOTS))
    for start, end in spans:
        dotted[start:end] = caption[start:end]
    return "".join(dotted)


@dataclass(frozen=True)
class CaptionTokens:
    """The tokens of a whole caption, [CLS] and [SEP] included, never truncated."""

    ids: tuple[int, ...]
    spans: tuple[Span, ...]  # characters each token stands for; (0, 0) for [CLS] and [SEP]

    def find(self, span: Span) -> range:
        """Positions of the tokens that write `span`: from its first character's to its last's.

        Characters without a token (spaces, say) are skipped, two at either end at most, as in the
        reference; nothing is found beyond that.
        """
        start, end = span
        first = self._find_first(range(start, start + 3))
        last = self._find_first(range(end - 1, end - 4, -1))
        return range(0) if first is None or last is None else range(first, last + 1)

    def _find_first(self, characters: Iterable[int]) -> int | None:
        for character in characters:
            for position, (start, end) in enumerate(self.spans):
                if start <= character < end:
                    return position
        return None


class CaptionTokenizer:
    """BERT's uncased WordPiece tokenizer, made from its vocabulary file."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._tokenizer = Tokenizer(WordPiece(dict(vocabulary), unk_token="[UNK]"))  # noqa: S106  # a token of text
        self._tokenizer.normalizer = BertNormalizer(lowercase=True)
        self._tokenizer.pre_tokenizer = BertPreTokenizer()
        self._tokenizer.post_processor = TemplateProcessing(
            single="[CLS] $A [SEP]",
            special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")],
        )
        self.size = len(vocabulary)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a `vocab.txt`: one token a line, its number is the line's."""
        lines = path.read_text("utf-8").splitlines()
        return cls({token: number for number, token in enumerate(lines)})

    def encode(self, caption: str) -> CaptionTokens:
        """Tokenize a caption; spans count characters of `caption` as it is."""
        encoding = self._tokenizer.encode(caption)
        return CaptionTokens(tuple(encoding.ids), tuple(encoding.offsets))
