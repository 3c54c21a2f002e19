import pytest

from detection.prompt import Prompt
from feedback.export.caption import ground
from feedback.record import BoxVerdict, MissedBox, Verdict
from tests.feedback.export.ratings import asked, hostile_ratings, judged

BOX = (1.0, 2.0, 30.0, 40.0)


def test_phrases_of_the_prompt_keep_their_place_and_others_are_added() -> None:
    grounding = ground(judged())
    assert grounding["caption"] == "a dog . 红色杯子 . the cat 🐱 . 一只鸟 🐦"
    for region in grounding["regions"]:
        ((start, end),) = region["tokens_positive"]
        assert grounding["caption"][start:end] == region["phrase"]


def test_a_phrase_that_was_added_is_added_once() -> None:
    missed = (MissedBox(phrase="a bird", xyxy=BOX), MissedBox(phrase="a bird", xyxy=BOX))
    grounding = ground(judged(missed=missed))
    assert grounding["caption"].count("a bird") == 1


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("  a dog ", "a dog . a bird"),
        ("a dog.", "a dog. a bird"),
        ("一只狗。", "一只狗。 a bird"),
    ],
)
def test_readers_may_strip_the_caption(text: str, caption: str) -> None:
    prompt = Prompt.parse(text)
    rating = asked(
        prompt=prompt,
        detections=asked().detections.above(0.85),
        verdicts=(BoxVerdict(index=0, verdict=Verdict.RIGHT),),
        missed=(MissedBox(phrase="a bird", xyxy=BOX),),
    )
    grounding = ground(rating)
    assert grounding["caption"] == caption
    ((start, end),) = grounding["regions"][0]["tokens_positive"]
    assert caption[start:end] == prompt.phrases[0].text


def test_hostile_phrases_stand_where_they_are_said_to_stand() -> None:
    for rating in hostile_ratings():
        grounding = ground(rating)
        for region in grounding["regions"]:
            ((start, end),) = region["tokens_positive"]
            assert grounding["caption"][start:end] == region["phrase"]
