"""How routes tell which problems they answer with."""

import pytest

from api.problems import MEDIA_TYPE, Problem, add_problems, case_of, problems
from detection import errors
from detection.errors import GlipError
from texts import LANGUAGES

LEAVES = [  # a branch has no sentence, and accounts are not the API's
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, GlipError)
    and not kind.__subclasses__()
    and not issubclass(kind, errors.AccountError)
]


def test_problems_of_one_status_stand_side_by_side() -> None:
    told = problems(errors.PromptEmpty, errors.BadRating, errors.ResultNotFound)
    assert set(told) == {422, 404}
    assert set(told[422]["content"][MEDIA_TYPE]["examples"]) == {"prompt_empty", "bad_rating"}


def test_a_status_that_is_told_as_a_word_is_the_same_status() -> None:
    told = {"422": {"description": "as it was"}}
    add_problems(told, [case_of(errors.PromptEmpty)])
    assert list(told) == ["422"]
    assert told["422"]["description"] == "as it was"


@pytest.mark.parametrize("route_error", [errors.BadThreshold, errors.UnknownModel])
def test_an_example_is_a_whole_problem(route_error: type[GlipError]) -> None:
    case = case_of(route_error)
    (example,) = problems(route_error)[case.status]["content"][MEDIA_TYPE]["examples"].values()
    told = Problem.model_validate(example["value"])
    assert (told.code, told.status) == (route_error.key, case.status)
    assert case.detail("zh") in example["summary"]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_facts_of_examples_fill_both_sentences(kind: type[GlipError]) -> None:
    assert all(case_of(kind).detail(language) for language in LANGUAGES)
