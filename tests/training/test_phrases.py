"""What a phrase means in a scene."""

import numpy as np
import pytest

from tests.training.builders import build_painter, needs_font, place
from training.phrases import Asker, Habits, Meaning
from training.scenes import Placed, Scene
from training.words import LANGUAGES, load_words

NOTHING = np.zeros((10, 10, 3), np.uint8)
DOG, BLUE_DOG = place("dog"), place("dog", colour="blue")
SMALL_DOG, BIG_DOG, MIDDLE_DOG = (place("dog", share=share) for share in (0.1, 0.4, 0.2))
RED_CIRCLE = place("circle", colour="red")


@pytest.mark.parametrize(
    ("meaning", "placed", "answers"),
    [
        pytest.param(Meaning("dog"), [DOG, RED_CIRCLE, BLUE_DOG], (0, 2), id="a noun"),
        pytest.param(Meaning("cat"), [DOG], (), id="an absent noun"),
        pytest.param(Meaning("circle", colour="red"), [RED_CIRCLE], (0,), id="its colour"),
        pytest.param(Meaning("circle", colour="blue"), [RED_CIRCLE], (), id="another colour"),
        pytest.param(Meaning("dog", colour="blue"), [BLUE_DOG], (0,), id="a tinted noun"),
        pytest.param(Meaning("dog", colour="red"), [DOG], None, id="a natural colour is open"),
        pytest.param(Meaning("dog", size="small"), [SMALL_DOG, BIG_DOG], (0,), id="a size"),
        pytest.param(
            Meaning("dog", size="small"), [MIDDLE_DOG], None, id="neither small nor large"
        ),
        pytest.param(Meaning("dog", count=2), [DOG, BLUE_DOG], (0, 1), id="a right count"),
        pytest.param(Meaning("dog", count=3), [DOG, BLUE_DOG], None, id="a wrong count is open"),
        pytest.param(Meaning("animal"), [RED_CIRCLE, DOG], (1,), id="a group word"),
    ],
)
def test_find(meaning: Meaning, placed: list[Placed], answers: tuple[int, ...] | None) -> None:
    scene = Scene(NOTHING, tuple(placed))
    assert Asker(load_words()).find(meaning, scene, "en") == answers


def test_a_related_name_is_never_asked_as_if_it_were_absent() -> None:
    scene = Scene(NOTHING, (place("poodle"),))
    assert Asker(load_words()).find(Meaning("导盲犬"), scene, "zh") is None


@needs_font
@pytest.mark.parametrize("language", LANGUAGES)
def test_about_half_of_what_is_asked_is_absent(language: str) -> None:
    asker, painter = Asker(load_words()), build_painter()
    rng = np.random.default_rng(1)
    scenes = [painter.draw(rng, 96) for _ in range(40)]
    asks = [ask for scene in scenes for ask in asker.ask(rng, scene, 6, language)]  # type: ignore[arg-type]  # the table's words
    absent = np.mean([not ask.answers for ask in asks])
    assert 0.4 < absent < 0.62
    assert {"noun", "shape", "colour+shape", "size", "group", "unknown"} <= {a.kind for a in asks}


def test_habits_ask_for_groups_and_lookalikes_more_often() -> None:
    words = load_words()
    alike = [[min(words.truth["en"]["cat"])]] * len(words.things)
    scene = Scene(NOTHING, (place("dog"),))
    asker = Asker(words, Habits(group_share=0.5, alike_share=1.0, alike=alike))
    rng = np.random.default_rng(2)
    asks = [ask for _ in range(30) for ask in asker.ask(rng, scene, 4, "en")]
    assert np.mean([ask.kind == "group" for ask in asks]) > 0.2
    assert np.mean(["cat" in ask.text for ask in asks if not ask.answers]) > 0.4
