"""Every name in its usual forms: what the tokenizer learns from, what no parser may split."""

from collections.abc import Iterator

import numpy as np

from training.grammar import Wording, pluralise, word_phrase
from training.words import COLOURS, GROUPS, LANGUAGES, SIZES, load_words

_CARRIERS = ("a an the one two three some find show", "一二三两个只辆棵件座这那种的条头本把张杯")


def list_phrases(seed: int = 7, rounds: int = 4) -> Iterator[str]:
    """A few dressed forms of each name and group word, the same for equal arguments."""
    rng = np.random.default_rng(seed)
    words = load_words()
    colours, sizes = list(COLOURS), list(SIZES)
    yield from _CARRIERS
    for _ in range(rounds):
        for language in LANGUAGES:
            names = [*words.names(language), *(pair[language == "zh"] for pair in GROUPS.values())]
            for name in names:
                yield name
                yield word_phrase(
                    rng,
                    Wording(language, name, ""),
                    colour=str(rng.choice(colours)),
                    size=str(rng.choice(sizes)),
                )
        yield from (pluralise(name) for name in words.names("en"))


def list_unsplittable() -> frozenset[str]:
    """Names of several words, which a prompt parser must keep whole, and their plurals."""
    names = load_words().unsplittable()
    return names | {pluralise(name) for name in names if " " in name}
