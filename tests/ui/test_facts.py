"""A result as data for the page's scripts: nothing lost, nothing that means anything on the way."""

import json

import pytest

from detection.prompt import Prompt
from tests.ui.test_view import PROMPT, view
from ui.facts import facts_of, pieces_of, render_facts


def test_every_box_travels_whatever_the_threshold() -> None:
    facts = facts_of(view(0.95))
    assert [box["score"] for box in facts["boxes"]] == pytest.approx([0.91, 0.8, 0.3])
    assert facts["threshold"] == 0.95


def test_a_box_holds_rounded_words_for_people_and_numbers_for_drawing() -> None:
    first = facts_of(view())["boxes"][0]
    assert (first["text"], first["place"]) == ("0.91", "(1, 3) – (30, 40)")
    assert first["xyxy"] == pytest.approx([1.4, 2.6, 30, 40])
    assert first["phrase"] == 0


def test_two_equal_phrases_have_colours_of_their_own() -> None:
    phrases = facts_of(view())["phrases"]
    assert [phrase["text"] for phrase in phrases] == ["a dog", "the red cup", "a dog"]
    assert len({phrase["colour"] for phrase in phrases}) == 3


@pytest.mark.parametrize(
    "text", [PROMPT, "a dog", "find a dog .", "一只狗。红色杯子", "👩‍🚀 . a dog"]
)
def test_the_pieces_are_the_prompt_exactly_as_typed(text: str) -> None:
    prompt = Prompt.parse(text)
    pieces = list(pieces_of(prompt))
    assert "".join(piece for piece, _ in pieces) == text
    named = [(piece, index) for piece, index in pieces if index is not None]
    assert named == [(phrase.text, index) for index, phrase in enumerate(prompt.phrases)]


def test_what_is_rendered_is_ascii_and_reads_back() -> None:
    facts = {**facts_of(view()), "file": "狗 </script> __i18n__.png"}
    rendered = render_facts(facts)
    assert rendered.isascii()
    assert json.loads(rendered) == json.loads(json.dumps(facts))
