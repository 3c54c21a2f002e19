"""Which probes a placed thing allows."""

import numpy as np
import pytest

from tests.training.builders import place
from training.probes import word_probes
from training.scenes import Placed
from training.words import load_words


@pytest.mark.parametrize(
    ("placed", "kinds"),
    [
        pytest.param(place("circle", colour="red", share=0.2), ["colour of a shape"], id="shape"),
        pytest.param(place("dog", share=0.1), ["size"], id="small, untinted"),
        pytest.param(
            place("dog", colour="red", share=0.4), ["colour of a noun", "size"], id="both"
        ),
        pytest.param(place("dog", share=0.2), [], id="neither"),
    ],
)
def test_word_probes(placed: Placed, kinds: list[str]) -> None:
    thing = load_words().things[placed.thing]
    probes = dict(word_probes(np.random.default_rng(0), thing, placed))
    assert list(probes) == kinds
    for phrases in probes.values():
        assert phrases[0].split()[0] in {placed.colour, placed.size}
        assert len(set(phrases)) == len(phrases)
