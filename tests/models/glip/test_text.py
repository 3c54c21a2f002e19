import json
from typing import Any

import pytest

from models.glip.text import (
    CaptionPrompt,
    ClassCaption,
    build_demo_caption,
    build_evaluation_caption,
    clean_name,
    write_dots,
)
from tests.models.glip.tiny import DATA, load_tokenizer

RECORDED = json.loads((DATA / "text" / "cases.json").read_text("utf-8"))
MAX_TOKENS: int = RECORDED["max_length"]


def build_caption(case: dict[str, Any]) -> ClassCaption:
    match case["kind"]:
        case "evaluation class list":
            return build_evaluation_caption(case["class_names"])
        case "evaluation class list with caption prompt":
            return build_evaluation_caption([CaptionPrompt(**part) for part in case["prompt"]])
        case "demo class list":
            return build_demo_caption(case["class_names"])
        case _:
            spans = [span_of(case["caption"], entity) for entity in case["entities"]]
            return ClassCaption(case["caption"], tuple(spans))


def span_of(caption: str, entity: dict[str, Any]) -> tuple[int, int]:
    if "char_bounds" in entity:
        start, end = entity["char_bounds"]
        return start, end
    start = caption.index(entity["span"])
    return start, start + len(entity["span"])


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["caption"][:40])
def test_captions_and_tokens_are_the_recorded_ones(case: dict[str, Any]) -> None:
    caption = build_caption(case)
    tokens = load_tokenizer().encode(caption.text)
    assert caption.text == case["caption"]
    assert list(tokens.truncate(MAX_TOKENS)) == case["input_ids"]


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["caption"][:40])
def test_labels_have_the_recorded_tokens(case: dict[str, Any]) -> None:
    caption = build_caption(case)
    tokens = load_tokenizer().encode(caption.text)
    labels = case.get("labels") or range(1, len(caption.spans) + 1)
    found = {
        str(label): list(tokens.find(span))
        for label, span in zip(labels, caption.spans, strict=True)
    }
    if case["kind"].startswith("demo"):  # a matrix of 256 columns: what lies beyond is dropped
        found = {label: [at for at in row if at < MAX_TOKENS] for label, row in found.items()}
    assert found == case["label_to_tokens"]


@pytest.mark.parametrize(("name", "cleaned"), RECORDED["clean_name"].items())
def test_names_are_cleaned_as_recorded(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


def test_a_span_without_tokens_finds_none() -> None:
    tokens = load_tokenizer().encode("a      dog")
    assert list(tokens.find((2, 5))) == []


def test_spaces_at_either_end_are_skipped() -> None:
    tokens = load_tokenizer().encode("a  dog  on")
    assert list(tokens.find((1, 8))) == [2]


def test_separators_between_phrases_become_dots() -> None:
    caption = "dog\r\nred; cat。a;b、 on"
    spans = [(0, 3), (5, 8), (10, 13), (14, 17)]
    assert write_dots(caption, spans) == "dog..red. cat.a;b. on"
