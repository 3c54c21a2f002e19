"""Choosing a model in a real browser: what there is, what is loaded for it, what it reads."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import Open, ask_and_wait, choose_picture
from tests.journeys.test_browser_health import faults_of
from texts import Language, say

pytestmark = pytest.mark.browser
AWAY, READER = "glip-tiny", "glip-nano"  # not installed; the one that ships and reads Chinese


def label(name: str, state: str, language: Language) -> str:
    return say("choice.label", language, name=name, state=say(f"choice.{state}", language))


def pick(page: Page, name: str, state: str, language: Language) -> None:
    """Choose from the open list."""
    page.get_by_role("option", name=label(name, state, language), exact=True).click()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_that_is_not_there_says_where_it_comes_from(
    open_page: Open, language: Language
) -> None:
    page = open_page(language, viewport={"width": 390, "height": 800}, color_scheme="dark")
    page.click("#model input")
    expect(page.get_by_role("option").first).to_be_visible()
    assert faults_of(page) == []
    pick(page, AWAY, "fetchable", language)
    expect(page.locator("#model-note")).to_contain_text(say("choice.ask_an_admin", language))
    expect(page.locator("#model-fetch")).to_be_hidden()  # a guest's page
    choose_picture(page)
    page.fill("#prompt textarea", "a dog")
    page.click("#detect")
    expect(page.locator("#problem")).to_contain_text(AWAY)
    assert faults_of(page) == []


def test_chinese_for_a_model_that_does_not_read_it_leads_to_one_that_does(open_page: Open) -> None:
    page = open_page("zh")
    page.click("#model input")
    pick(page, AWAY, "fetchable", "zh")
    choose_picture(page)
    page.fill("#prompt textarea", "一只狗")
    unread, switch = page.locator("#unread"), page.locator("#unread-switch")
    expect(unread).to_contain_text(AWAY)
    assert faults_of(page) == []
    switch.click()
    expect(unread).to_be_hidden()
    expect(page.locator("#model input")).to_have_value(label(READER, "loaded", "zh"))
    ask_and_wait(page, "一只狗", phrases=1)
    assert page.input_value("#prompt textarea") == "一只狗"
