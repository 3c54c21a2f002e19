import json
from typing import Any

import pytest

from models.glip.text import Span, write_dots
from tests.models.glip.tiny import DATA, load_tokenizer

RECORDED = json.loads((DATA / "text" / "cases.json").read_text("utf-8"))
MAX_TOKENS: int = RECORDED["max_length"]


def spans_of(case: dict[str, Any]) -> list[Span]:
    """Where the recorded labels stand in the recorded caption."""
    caption = case["caption"]
    if entities := case.get("entities"):
        return [span_of(caption, entity) for entity in entities]
    separator = RECORDED[f"separator_{case['kind'].split()[0]}"]
    prompt = [part["name"] for part in case.get("prompt", ())]
    spans, end = [], 0
    for name in prompt or filter(None, caption.split(separator)):
        start = caption.index(name, end)
        end = start + len(name)
        spans.append((start, end))
    return spans


def span_of(caption: str, entity: dict[str, Any]) -> tuple[int, int]:
    if "char_bounds" in entity:
        start, end = entity["char_bounds"]
        return start, end
    start = caption.index(entity["span"])
    return start, start + len(entity["span"])


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["caption"][:40])
def test_tokens_are_the_recorded_ones(case: dict[str, Any]) -> None:
    ids = load_tokenizer().encode(case["caption"]).ids
    cut = ids if len(ids) <= MAX_TOKENS else (*ids[: MAX_TOKENS - 1], ids[-1])
    assert list(cut) == case["input_ids"]


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["caption"][:40])
def test_labels_have_the_recorded_tokens(case: dict[str, Any]) -> None:
    tokens, spans = load_tokenizer().encode(case["caption"]), spans_of(case)
    labels = case.get("labels") or range(1, len(spans) + 1)
    found = {str(label): list(tokens.find(span)) for label, span in zip(labels, spans, strict=True)}
    if case["kind"].startswith("demo"):  # a matrix of 256 columns: what lies beyond is dropped
        found = {label: [at for at in row if at < MAX_TOKENS] for label, row in found.items()}
    assert found == case["label_to_tokens"]


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
