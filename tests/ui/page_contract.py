"""What every page keeps as Gradio ships it. A page's tests inherit this and bring their `pages`."""

import json
from typing import Any, ClassVar

import gradio as gr
import pytest

from texts import LANGUAGES, Language, catalogue

# They need unsafe-eval in the content policy, or bring their own.
FORBIDDEN = {"html", "plot", "barplot", "lineplot", "scatterplot", "imageeditor"}


class PageContract:
    """Inherited by the tests of each page."""

    texts: ClassVar[str]  # how the keys of the page's sentences begin

    @pytest.fixture
    def configs(self, pages: dict[Language, gr.Blocks]) -> dict[Language, Any]:
        """Each language's page as the browser reads it."""
        return {language: page.get_config_file() for language, page in pages.items()}

    def test_both_languages_are_built_of_the_same_parts(self, configs: dict[Language, Any]) -> None:
        english, chinese = (
            [
                (part["type"], part["props"].get("elem_id"))
                for part in configs[language]["components"]
            ]
            for language in LANGUAGES
        )
        assert english == chinese

    @pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
    def test_no_language_holds_a_sentence_of_the_other(
        self, configs: dict[Language, Any], language: Language, other: Language
    ) -> None:
        page = json.dumps(configs[language], ensure_ascii=False, default=str)
        foreign = [
            sentence[other]
            for key, sentence in catalogue().items()
            if key.startswith(self.texts) and len(sentence[other]) > 3
        ]
        assert [sentence for sentence in foreign if f'"{sentence}"' in page] == []

    def test_no_part_needs_what_the_content_policy_forbids(
        self, configs: dict[Language, Any]
    ) -> None:
        for config in configs.values():
            assert not FORBIDDEN & {part["type"] for part in config["components"]}
            assert not any(event["js"] for event in config["dependencies"])

    def test_no_event_is_offered_to_programs(self, configs: dict[Language, Any]) -> None:
        for config in configs.values():
            assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}
