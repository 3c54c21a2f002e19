"""Phrases to token ids: byte-pair pieces over lower-case words and single Chinese characters."""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

PADDING, UNKNOWN = "[PAD]", "[UNK]"


class PhraseTokenizer:
    """Wraps one byte-pair vocabulary; id 0 is padding, id 1 whatever the vocabulary lacks."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Wrap a loaded tokenizer."""
        self._tokenizer = tokenizer

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Restore what ``as_json`` gave."""
        return cls(Tokenizer.from_str(text))

    @classmethod
    def learn(cls, phrases: Iterable[str], vocabulary_size: int) -> Self:
        """Learn a vocabulary of at most ``vocabulary_size`` pieces from phrases."""
        tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, fuse_unk=False))
        tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary_size, special_tokens=[PADDING, UNKNOWN], show_progress=False
        )
        tokenizer.train_from_iterator(phrases, trainer)
        return cls(tokenizer)

    def as_json(self) -> str:
        """The whole tokenizer as one string."""
        return self._tokenizer.to_str()

    def encode(self, phrase: str) -> tuple[int, ...]:
        """Token ids of one phrase, at least one."""
        return tuple(self._tokenizer.encode(phrase).ids) or (1,)


def pad_tokens(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Rows of token ids → int64 (N, L), padded with 0 to the longest row."""
    padded = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for row, ids in zip(padded, rows, strict=True):
        row[: len(ids)] = ids
    return padded
