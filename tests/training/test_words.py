"""Names and what they mean."""

import pytest

from training.words import COLOURS, SHAPES, Language, load_words


@pytest.mark.parametrize(
    ("language", "name", "kinds"),
    [
        pytest.param("en", "star", {"nature", "shape"}, id="a star is an emoji and a shape"),
        pytest.param("en", "ring", {"clothing", "shape"}, id="so is a ring"),
        pytest.param("en", "orange", {"food"}, id="orange alone is the fruit"),
        pytest.param("en", "heart", {"shape"}, id="heart"),
        pytest.param("zh", "狗", {"animal"}, id="狗"),
    ],
)
def test_a_name_means_whatever_carries_it(language: Language, name: str, kinds: set[str]) -> None:
    words = load_words()
    assert {words.things[number].group for number in words.truth[language][name]} == kinds


def test_truth_and_doubt_never_overlap() -> None:
    words = load_words()
    for language in ("en", "zh"):
        for name, numbers in words.truth[language].items():
            assert not numbers & words.doubt[language][name]


def test_a_guide_dog_is_a_dog_in_both_languages() -> None:
    words = load_words()
    (guide,) = words.truth["en"]["guide dog"]
    assert guide in words.truth["en"]["dog"]
    assert guide in words.truth["zh"]["狗"]


@pytest.mark.parametrize(("name", "allowed"), [("dog", True), ("red apple", False)])
def test_what_names_a_colour_is_not_tinted(name: str, *, allowed: bool) -> None:
    words = load_words()
    (number,) = list(words.truth["en"][name])[:1]
    assert words.things[number].may_be_tinted is allowed


def test_names_of_several_words_are_not_to_be_split() -> None:
    assert {"bow and arrow", "弓和箭", "hot dog"} <= load_words().unsplittable()


def test_every_shape_and_colour_has_both_languages() -> None:
    assert all(all(names) for names in [*SHAPES.values(), *COLOURS.values()])
