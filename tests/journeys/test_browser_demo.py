"""A guest's visit in a real browser, under the real gate and its strict policy."""

import sqlite3
from threading import Event

import pytest
from playwright.sync_api import expect

from tests.fakes import image_bytes
from tests.journeys.browsing import (
    PROMPTS,
    Open,
    Site,
    ask,
    ask_and_wait,
    choose_picture,
    expect_page,
    expect_problem,
    move_threshold,
)
from texts import Language, say

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_guest_asks_looks_again_asks_again_and_rates(
    open_page: Open, site: Site, language: Language
) -> None:
    page = open_page(language)
    choose_picture(page, image_bytes(320, 240, colour=(len(language), 7, ord(language[0]))))
    ask_and_wait(page, PROMPTS[language], phrases=2)
    move_threshold(page, 0.05)
    expect(page.locator("#boxes img")).to_be_visible()
    expect(page.locator(".glip-box:visible")).to_have_count(2)
    expect(page.locator(".glip-table tbody tr:visible")).to_have_count(2)

    runs = len(site.detector.calls)
    move_threshold(page, 1)
    expect(page.locator("#headline")).to_contain_text(
        say("page.no_boxes", language).replace("*", "")
    )
    expect(page.locator(".glip-box:visible")).to_have_count(0)
    expect(page.locator(".glip-table")).to_be_hidden()
    assert len(site.detector.calls) == runs

    move_threshold(page, 0.05)
    ask_and_wait(page, {"en": "a green tree", "zh": "绿色的树"}[language], phrases=1)
    assert len(site.detector.calls) == runs + 1

    page.locator("#stars input").nth(1).check()
    page.click("#send")
    expect(page.locator("#rating-note")).to_have_text(say("page.rated", language, rating=2))
    page.locator("#stars input").nth(4).check()
    page.fill("#comment textarea", "好多了 <script>")
    page.click("#send")
    expect(page.locator("#rating-note")).to_have_text(say("page.rated_again", language, rating=5))
    with sqlite3.connect(site.settings.database) as database:
        stored = database.execute(
            "SELECT rating, edit FROM feedback WHERE language = ? AND comment != ''", (language,)
        )
        assert stored.fetchall() == [(5, 2)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be_used_is_said_and_nothing_typed_is_lost(
    open_page: Open, language: Language
) -> None:
    page = open_page(language)
    too_long = "a dog . " * 1_250
    ask(page, "a dog")
    expect_problem(page, say("errors.image_missing", language))
    choose_picture(page, b"this is no picture", "note.png")
    ask(page, "a dog")
    expect_problem(page, say("errors.image_format", language))
    for prompt, error, facts in (
        ("", "prompt_empty", {}),
        (". , ;", "prompt_without_phrase", {}),
        (too_long, "prompt_too_long", {"length": len(too_long), "limit": 500}),
    ):
        ask(page, prompt)
        expect_problem(page, say(f"errors.{error}", language, **facts))
        assert page.input_value("#prompt textarea") == prompt
    expect(page.locator("#detect")).to_be_visible()
    expect(page.locator("#answer")).to_be_hidden()


def test_a_scene_is_one_click_to_a_result(open_page: Open) -> None:
    page = open_page("en")
    page.locator("#scenes button").first.click()
    expect(page.locator("#boxes img")).to_be_visible()
    assert page.input_value("#prompt textarea")
    expect(page.locator("#picture img")).to_be_visible()


def test_enter_asks_and_shift_enter_starts_a_line(open_page: Open) -> None:
    page = open_page("en")
    choose_picture(page)
    page.locator("#prompt textarea").press_sequentially("a dog")
    page.press("#prompt textarea", "Shift+Enter")
    page.locator("#prompt textarea").press_sequentially("the red cup")
    assert page.input_value("#prompt textarea") == "a dog\nthe red cup"
    page.press("#prompt textarea", "Enter")
    expect(page.locator(".glip-phrase")).to_have_count(2)


def test_the_other_language_is_one_click_away_and_stays(open_page: Open, site: Site) -> None:
    page = open_page("en")
    page.click("#language a")
    expect_page(page, "zh")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.goto(f"{site.address}/demo/")
    expect_page(page, "zh")
    expect(page.locator("#picture")).to_contain_text("上传")  # Gradio's own words follow


def test_cancel_gives_the_page_back(open_page: Open, site: Site) -> None:
    release = Event()

    def wait_for_release(_jobs: object) -> None:
        release.wait(60)

    site.detector.before_batch = wait_for_release
    page = open_page("en")
    try:
        choose_picture(page, image_bytes(200, 100, colour=(9, 9, 9)))
        ask(page, "a dog")
        expect(page.locator("#status")).to_have_text(say("page.stage_detecting", "en"))
        page.click("#cancel")
        expect(page.locator("#status")).to_have_text(say("page.cancelled", "en"))
        expect(page.locator("#detect")).to_be_visible()
    finally:
        release.set()
