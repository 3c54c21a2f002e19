"""What a model cannot read of a prompt. Said before and beside an answer; never a refusal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from detection.prompt import Prompt
from texts import Language, say

# Unified ideographs, their extensions and compatibility forms.
CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class PromptWarning:
    """`code` names a sentence of texts/warnings.toml, which `facts` fill."""

    code: str
    facts: Mapping[str, str]

    def sentence(self, language: Language) -> str:
        return say(f"warnings.{self.code}", language, **self.facts)


def is_chinese(text: str) -> bool:
    """Whether any character is one of Chinese writing."""
    return CHINESE.search(text) is not None


def list_warnings(
    prompt: Prompt, *, model: str, languages: tuple[Language, ...]
) -> tuple[PromptWarning, ...]:
    """Say which phrases a model that reads these languages would only guess at."""
    if "zh" in languages:
        return ()
    unread = dict.fromkeys(phrase.text for phrase in prompt.phrases if is_chinese(phrase.text))
    if not unread:
        return ()
    return (PromptWarning("chinese_unread", {"model": model, "phrases": ", ".join(unread)}),)
