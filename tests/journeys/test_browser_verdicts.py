"""What a person says of single boxes in a real browser: with a pointer, by key, on a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from detection.image import SourceImage
from detection.prompt import Prompt
from tests.conftest import PASSWORDS
from tests.fakes import boxes_of, image_bytes
from tests.journeys.browsing import (
    LOCALES,
    TIMEOUT_MS,
    Open,
    Site,
    ask_and_wait,
    choose_picture,
    expect_page,
    move_threshold,
)
from texts import Language, say

pytestmark = pytest.mark.browser
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
PROMPTS: dict[Language, str] = {"en": "a dog . a cat", "zh": "一只狗。红色杯子"}
FEEDBACK = "/api/feedback"
LEAST_CONTRAST = 4.5
CONTRAST = """element => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  let ground = element;
  while (ground.parentElement && channels(getComputedStyle(ground).backgroundColor)[3] === 0)
    ground = ground.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor];
  const [dark, bright] = pair.map(channels).map(light).sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}"""


def picture(prompt: str) -> bytes:
    """A picture in which the best box's left side lies in no other box."""

    def is_apart(data: bytes) -> bool:
        best, other = boxes_of(SourceImage.from_bytes(data), Prompt.parse(prompt)).xyxy
        return bool(best[0] < other[0])

    pictures = (image_bytes(320, 240, colour=(shade, 90, 30)) for shade in range(256))
    return next(filter(is_apart, pictures))


def open_answer(open_page: Open, language: Language = "en", **options: Any) -> Page:
    """A page with an answer of two boxes."""
    page = open_page(language, **options)
    choose_picture(page, picture(PROMPTS[language]))
    ask_and_wait(page, PROMPTS[language], phrases=2)
    move_threshold(page, 0.05)
    expect(page.locator(".glip-box:visible")).to_have_count(2)
    return page


def box(page: Page, index: int) -> Locator:
    return page.locator(f".glip-box[data-index='{index}']")


def judge(page: Page, index: int, verdict: str) -> None:
    """Two clicks: on the left side, between the labels, and on the toolbar."""
    edges = box(page, index).bounding_box()
    assert edges is not None
    box(page, index).click(position={"x": 4, "y": edges["height"] / 2})
    with saving(page):
        page.locator(f".glip-judging .is-{verdict}").click()


@contextmanager
def saving(page: Page) -> Iterator[None]:
    """Wait until what is done inside has been stored."""
    with page.expect_response(
        lambda answer: answer.ok and answer.request.method != "GET" and FEEDBACK in answer.url
    ):
        yield


def expect_said(page: Page, key: str, language: Language = "en") -> None:
    expect(page.locator(".glip-status")).to_have_text(say(f"script.{key}", language))


def said(page: Page, site: Site) -> Any:
    """What the server has from this session."""
    return page.request.get(f"{site.address}/api/sessions/me/feedback").json()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag over the picture, in parts of it."""
    area = page.locator(".glip-surface").bounding_box()
    assert area is not None
    (x1, y1), (x2, y2) = (
        (area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in (start, end)
    )
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move(x2, y2, steps=3)
    page.mouse.up()


def test_two_clicks_judge_a_box_and_one_takes_it_back(open_page: Open, site: Site) -> None:
    page = open_answer(open_page)
    judge(page, 0, "right")
    expect_said(page, "saved")
    assert said(page, site)[0]["boxes"] == [{"index": 0, "verdict": "right", "phrase": ""}]
    for sign in (box(page, 0).locator(".glip-sign"), page.locator("tr .glip-sign")):
        expect(sign).to_have_text("✓Right")
        assert sign.evaluate(CONTRAST) >= LEAST_CONTRAST
    expect(box(page, 0)).to_have_attribute("aria-description", say("script.is_right", "en"))

    judge(page, 0, "wrong")
    expect(box(page, 0).locator(".glip-sign")).to_have_text("✗Wrong")
    page.get_by_role("button", name="Undo").click()
    expect_said(page, "undone")
    expect(box(page, 0).locator(".glip-sign")).to_have_text("✓Right")
    with saving(page):
        page.get_by_role("button", name="Undo").click()
    expect(page.locator(".glip-sign")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    assert said(page, site) == []


def test_nothing_said_is_lost_with_the_connection(browser: Browser, site: Site) -> None:
    with browser.new_context(
        locale=LOCALES["en"],
        http_credentials={"username": "guest", "password": PASSWORDS["guest"]},
    ) as context:

        def open_page(_language: Language) -> Page:
            page = context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            page.goto(f"{site.address}/demo/")
            expect_page(page, "en")
            return page

        page = open_answer(open_page)
        page.route(f"**{FEEDBACK}", lambda route: route.abort())
        box(page, 0).focus()
        page.locator(".glip-judging .is-right").click()
        expect_said(page, "not_saved")
        expect(box(page, 0).locator(".glip-sign")).to_have_text("✓Right")
        assert said(page, site) == []
        page.unroute(f"**{FEEDBACK}")
        with saving(page):
            page.get_by_role("button", name="Try again").click()
        expect_said(page, "saved")


def test_all_of_it_by_key_on_a_phone_in_chinese(open_page: Open, site: Site) -> None:
    page = open_answer(open_page, "zh", **PHONE)
    phrases = ["一只狗", "红色杯子"]
    box(page, 0).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".glip-judging .is-right")).to_be_focused()
    for element in page.locator(".glip-judging button").all():
        assert element.evaluate(CONTRAST) >= LEAST_CONTRAST
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    other = page.locator(".glip-choosing .glip-action").first
    expect(other).to_be_focused()
    edges = page.locator(".glip-judging").bounding_box()
    assert edges is not None
    assert edges["x"] >= 0
    assert edges["x"] + edges["width"] <= PHONE["viewport"]["width"]
    with saving(page):
        page.keyboard.press("Enter")
    expect(box(page, 0)).to_be_focused()
    expect_said(page, "saved", "zh")

    page.get_by_role("button", name=say("script.missing_thing", "zh")).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".glip-corners input").first).to_have_value("80")  # a quarter of 320
    page.keyboard.press("Control+A")
    page.keyboard.type("10.5")
    page.locator(".glip-missing .glip-own input").focus()
    page.keyboard.type("帽子 <b>")
    with saving(page):
        page.keyboard.press("Enter")
    expect(page.locator(".glip-said li")).to_contain_text("漏掉：帽子 <b>")
    expect(page.locator(".glip-missed:visible .glip-label")).to_have_text("+ 帽子 <b>")

    expect(page.locator(".glip-missing")).to_be_hidden()
    (opinion,) = said(page, site)
    (verdict,) = opinion["boxes"]
    assert (verdict["index"], verdict["verdict"]) == (0, "wrong_label")
    assert verdict["phrase"] in phrases
    assert opinion["missed"] == [{"phrase": "帽子 <b>", "box": [10.5, 60, 240, 180]}]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_stars_boxes_and_picture_are_one_opinion_and_all_is_forgotten(
    open_page: Open, site: Site
) -> None:
    page = open_answer(open_page)
    page.locator("#keep-image input").check()
    judge(page, 0, "wrong")
    expect_said(page, "saved")
    page.get_by_role("button", name="Something is missing").click()
    drag(page, (0.25, 0.5), (0.75, 1.2))  # over the edge: up to it
    with saving(page):
        page.locator(".glip-missing .glip-choosing button", has_text="a dog").click()
    expect(page.locator(".glip-said li")).to_have_count(1)
    page.locator("#stars input").nth(3).check()
    page.click("#send")
    expect(page.locator("#rating-note")).to_have_text(say("page.rated", "en", rating=4))

    (opinion,) = said(page, site)
    assert (opinion["rating"], opinion["image_kept"]) == (4, True)
    assert opinion["boxes"] == [{"index": 0, "verdict": "wrong", "phrase": ""}]
    (missed,) = opinion["missed"]
    assert missed["phrase"] == "a dog"
    assert missed["box"] == pytest.approx([80, 120, 240, 240], abs=2)
    kept = site.settings.data_dir / "kept"
    assert len(list(kept.iterdir())) == 1

    ask_and_wait(page, "a green tree", phrases=1)
    expect(page.locator(".glip-sign")).to_have_count(0)
    page.locator("#history button").nth(1).click()  # back to the first answer
    expect(box(page, 0).locator(".glip-sign")).to_have_text("✗Wrong")
    expect(page.locator(".glip-said li")).to_have_count(1)
    expect(page.locator("#keep-image input")).to_be_checked()
    page.click("#take-back")
    expect(page.locator("#rating-note")).to_have_text(say("page.rating_taken_back", "en"))
    (opinion,) = said(page, site)
    assert (opinion["rating"], len(opinion["boxes"]), opinion["image_kept"]) == (None, 1, True)

    page.click("#forget-ask")
    page.click("#forget-do")
    expect(page.locator("#forget-note")).to_contain_text("Deleted: ratings: 1, results: 2")
    expect(page.locator("#answer")).to_be_hidden()
    expect(page.locator("#history")).to_be_hidden()
    assert said(page, site) == []
    assert list(kept.iterdir()) == []
