"""The answer in a real browser: picture, words, table and threshold are one thing."""

import json
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORDS
from tests.fakes import image_bytes
from tests.journeys.browsing import (
    PROMPTS,
    Open,
    Site,
    ask,
    ask_and_wait,
    choose_picture,
    expect_problem,
    move_threshold,
    settle,
    telling_of_a_picture,
)
from texts import Language, catalogue, say

pytestmark = pytest.mark.browser
# Asked in one go with moving the slider: whatever it says was not fetched.
MOVE_AND_LOOK = """value => {
  const slider = document.querySelector("#threshold input[type=range]");
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (selector) => all(selector).filter((part) => !part.hidden);
  return {
    boxes: shown(".glip-box").length,
    rows: shown(".glip-table tbody tr").length,
    counts: shown(".glip-count").map((part) => part.textContent),
    total: document.querySelector(".glip-shown").textContent,
  };
}"""
# An answer about a picture of 320 x 240 that has long been drawn, at half its size.
SHOW_AFTER_THE_PICTURE = """async () => {
  const script = document.querySelector("script[src*='answer.js']").src;
  const boxes = await import(script.replace("answer.js", "boxes.js"));
  const frame = Object.assign(document.createElement("div"), { className: "image-container" });
  const { src } = document.querySelector("#picture img");
  const picture = Object.assign(new Image(160, 120), { src });
  await picture.decode();
  frame.style.position = "relative";
  frame.append(picture);
  const place = Object.assign(document.createElement("div"), { id: "boxes" });
  place.append(frame);
  document.querySelector("#right").append(place);
  boxes.attach();
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  boxes.show({
    size: [320, 240],
    phrases: [{ text: "a dog", colour: "#000", ink: "#fff" }],
    boxes: [{ phrase: 0, text: "0.90", xyxy: [64, 48, 384, 288] }],
  }, { select() {}, light() {} });
  const of = (selector) => document.querySelector(selector).getBoundingClientRect();
  const [box, whole] = [of(".glip-box"), of("#boxes img")];
  return [[box.x - whole.x, box.y - whole.y], [box.width, box.height]];
}"""
# Asks in the moment in which a stream ends, and lets the page hear of the end only later.
HEAR_THE_END_LATE = """(() => {
  window.glipEnds = 0;
  const fetch = window.fetch;
  const hold = async (chunk, controller) => {
    const isEnd = new TextDecoder().decode(chunk).includes("close_stream");
    if (isEnd && ++window.glipEnds === 1) {
      document.querySelector("#detect").click();
      await new Promise((done) => setTimeout(done, 1500));
    }
    controller.enqueue(chunk);
  };
  window.fetch = async (request, options) => {
    const answer = await fetch(request, options);
    if (!String(request.url ?? request).includes("/queue/data")) return answer;
    return new Response(answer.body.pipeThrough(new TransformStream({ transform: hold })), answer);
  };
})()"""
NASTY = 'a dog\'s "bowl" . $(touch hacked) `id` . a cat;type=text/html\n@the \\cup'


def open_answer(open_page: Open, language: Language = "en", **options: Any) -> Page:
    """A page with an answer of two boxes."""
    page = open_page(language, **options)
    choose_picture(page)
    ask_and_wait(page, PROMPTS[language], phrases=2)
    move_threshold(page, 0.05)
    expect(page.locator(".glip-box:visible")).to_have_count(2)
    return page


def test_a_box_and_its_row_are_one_thing(open_page: Open) -> None:
    page = open_answer(open_page)
    boxes, rows = page.locator(".glip-box"), page.locator(".glip-table tbody tr")
    rows.nth(1).hover()
    expect(page.locator(".glip-box.is-lit")).to_have_attribute("data-index", "1")
    boxes.nth(0).focus()
    expect(page.locator("tr.is-selected")).to_have_attribute("data-index", "0")
    expect(boxes.nth(0)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(boxes.nth(1)).to_be_focused()
    expect(page.locator("tr.is-selected")).to_have_attribute("data-index", "1")
    page.keyboard.press("Escape")
    expect(page.locator("tr.is-selected")).to_have_count(0)
    rows.nth(0).locator("button").focus()
    expect(page.locator(".glip-box.is-lit")).to_have_attribute("data-index", "0")


def test_other_scripts_hear_of_answers_and_choices(open_page: Open) -> None:
    page = open_page("en")
    page.evaluate(
        """() => {
          window.heard = [];
          const note = ({ type, detail }) => window.heard.push([type, detail]);
          for (const name of ["result", "select", "view"])
            document.addEventListener(`glip:${name}`, note);
        }"""
    )
    choose_picture(page)
    ask_and_wait(page, PROMPTS["en"], phrases=2)
    move_threshold(page, 0.05)
    page.locator(".glip-box").first.focus()
    heard: list[list[Any]] = page.evaluate("window.heard")
    answer = next(detail for name, detail in heard if name == "glip:result")
    assert (answer["width"], answer["height"], answer["phrases"]) == (
        320,
        240,
        ["a dog", "the red cup"],
    )
    assert [box["index"] for box in answer["boxes"]] == [0, 1]
    assert ["glip:select", {"index": 0}] in heard
    assert ["glip:view", {"threshold": 0.05, "shown": 2}] in heard


@pytest.mark.parametrize("width", [1280, 390])
def test_a_box_lies_where_it_belongs_at_any_size(open_page: Open, width: int) -> None:
    page = open_answer(open_page, viewport={"width": width, "height": 800})
    (answer,) = [json.loads(page.input_value("#answer-data :is(textarea, input)"))]
    x1, y1, x2, y2 = answer["boxes"][0]["xyxy"]
    # Told within the page: both are measured in one moment, once the page has found its form.
    is_there = page.wait_for_function(
        """([x1, y1, x2, y2]) => {
          const picture = document.querySelector("#boxes img").getBoundingClientRect();
          const box = document.querySelector(".glip-box").getBoundingClientRect();
          const scale = Math.min(picture.width / 320, picture.height / 240);
          const left = picture.x + (picture.width - 320 * scale) / 2;
          const top = picture.y + (picture.height - 240 * scale) / 2;
          const is_near = (seen, due) => Math.abs(seen - due) <= 2;
          return is_near(box.x, left + x1 * scale) && is_near(box.y, top + y1 * scale)
            && is_near(box.width, (x2 - x1) * scale) && is_near(box.height, (y2 - y1) * scale);
        }""",
        arg=[x1, y1, x2, y2],
    )
    assert is_there.json_value()


def test_a_box_finds_its_place_though_the_picture_was_there_before_the_answer(
    open_page: Open,
) -> None:
    page = open_page("en")
    choose_picture(page)
    places = page.evaluate(SHOW_AFTER_THE_PICTURE)
    assert places == [[32, 24], [160, 120]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_slider_counts_at_once_and_runs_no_model(
    open_page: Open, site: Site, language: Language
) -> None:
    page = open_answer(open_page, language)
    runs = len(site.detector.calls)
    low = page.evaluate(MOVE_AND_LOOK, "0.05")
    high = page.evaluate(MOVE_AND_LOOK, "1")
    one = say("script.count", language, count=1)
    none = say("script.some", language, count=0, all=1)
    assert (low["boxes"], low["rows"], low["counts"]) == (2, 2, [one, one])
    assert (high["boxes"], high["rows"], high["counts"]) == (0, 0, [none, none])
    assert high["total"] == say("script.shown", language, count=0, all=2)
    expect(page.locator("#headline")).to_contain_text(
        say("page.no_boxes", language).replace("*", "")
    )
    assert len(site.detector.calls) == runs


def test_who_listens_hears_the_answer_as_a_sentence(open_page: Open) -> None:
    page = open_answer(open_page)
    sentence = page.locator("#words [role=status]")
    expect(sentence).to_contain_text("2 boxes: ")
    move_threshold(page, 1)
    expect(sentence).to_have_text("No boxes.")


def test_the_answer_can_be_taken_along(open_page: Open, site: Site) -> None:
    page = open_answer(open_page)
    links = {link.inner_text(): link for link in page.locator(".glip-links a").all()}
    with page.expect_download() as download:
        links["Picture"].click()
    assert download.value.suggested_filename.endswith(".png")
    assert Path(download.value.path()).read_bytes()[:4] == b"\x89PNG"
    found = page.request.get(f"{site.address}{links['JSON'].get_attribute('href')}").json()
    assert {each["phrase"] for each in found["detections"]} == {"a dog", "the red cup"}
    coco = page.request.get(f"{site.address}{links['COCO'].get_attribute('href')}").json()
    assert coco["images"][0]["file_name"] == "picture.png"
    assert len(coco["annotations"]) == 2


def test_the_command_asks_the_same_whatever_was_typed(
    open_page: Open, site: Site, tmp_path: Path
) -> None:
    page = open_page("en")
    choose_picture(page)
    ask(page, NASTY)
    expect(page.locator(".glip-phrase").first).to_be_visible()
    move_threshold(page, 0.05)
    page.click(".glip-command summary")
    line = page.locator("#curl-line").inner_text()
    assert PASSWORDS["guest"] not in line
    assert f"text={NASTY}" in shlex.split(line)
    (tmp_path / "picture.png").write_bytes(image_bytes(320, 240))
    script = f'curl() {{ command curl -s "$@" -u guest:"$PASSWORD"; }}\n{line}'
    answer = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PASSWORD": PASSWORDS["guest"], "no_proxy": "*"},
        capture_output=True,
        check=True,
    )
    shown = json.loads(page.input_value("#answer-data :is(textarea, input)"))
    asked = json.loads(answer.stdout)
    assert sorted(each["phrase"] for each in asked["detections"]) == sorted(
        shown["phrases"][box["phrase"]]["text"] for box in shown["boxes"]
    )
    assert not (tmp_path / "hacked").exists()
    assert site.detector.before_batch is None


def test_the_last_answers_are_one_click_away_and_survive_a_reload(open_page: Open) -> None:
    page = open_answer(open_page)
    page.locator("#stars input").nth(3).check()
    page.click("#send")
    expect(page.locator("#rating-note")).to_have_text(say("page.rated", "en", rating=4))
    ask_and_wait(page, "a green tree", phrases=1)
    settle(page)
    page.reload()
    strip = page.locator("#history button:has(img)")
    expect(strip).to_have_count(2)
    strip.nth(1).click()
    expect(page.locator(".glip-phrase")).to_have_count(2)
    expect(page.locator("#prompt textarea")).to_have_value(PROMPTS["en"])
    expect(page.locator("#stars input").nth(3)).to_be_checked()
    expect(page.locator("#picture img")).to_be_visible()
    settle(page)


def test_a_pasted_picture_becomes_the_question_s(open_page: Open) -> None:
    page = open_page("en", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
          canvas.getContext("2d").fillRect(0, 0, 20, 20);
          const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
          await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
        }"""
    )
    with telling_of_a_picture(page):
        page.keyboard.press("Control+V")
    expect(page.locator("#picture img")).to_be_visible()
    ask_and_wait(page, "a dog", phrases=1)


def test_who_waits_sees_the_place_count_down_and_a_cancel_frees_it(
    open_page: Open, site: Site
) -> None:
    release, reached = Event(), Event()

    def hold(_jobs: object) -> None:
        reached.set()
        release.wait(300)

    second, third = open_page("en"), open_page("en")
    for page, shade in ((second, 21), (third, 22)):
        choose_picture(page, image_bytes(64, 48, colour=(shade, 1, 1)))
    site.detector.before_batch = hold
    with ThreadPoolExecutor() as threads:
        first = threads.submit(
            httpx.post,
            f"{site.address}/api/detect",
            auth=("guest", PASSWORDS["guest"]),
            data={"text": "a dog"},
            files={"image": ("a.png", image_bytes(64, 48, colour=(20, 1, 1)))},
            timeout=300,
        )
        try:
            assert reached.wait(300)
            ask(second, "a dog")
            expect(second.locator("#status")).to_have_text(say("page.place_next", "en"))
            ask(third, "a dog")
            expect(third.locator("#status")).to_have_text(say("page.place_one", "en", count=1))
            second.click("#cancel")
            expect(third.locator("#status")).to_have_text(say("page.place_next", "en"))
        finally:
            release.set()
        assert first.result().status_code == 200
    expect(third.locator(".glip-box").first).to_be_attached()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reached_limit_is_said_and_keeps_the_question(
    open_page: Open, site: Site, language: Language
) -> None:
    page = open_page(language)
    choose_picture(page)
    for shade in range(12):
        answer = page.request.post(
            f"{site.address}/api/detect",
            multipart={
                "text": "a dog",
                "image": {
                    "name": "a.png",
                    "mimeType": "image/png",
                    "buffer": image_bytes(32, 32, colour=(shade, ord(language[0]), 99)),
                },
            },
        )
        if answer.status == 429:
            break
    assert answer.status == 429
    ask(page, "one more dog")
    sentence = catalogue()["errors.too_many_requests"][language].partition("{")[0]
    expect(page.locator("#problem")).to_contain_text(sentence.strip())
    expect(page.locator("#prompt textarea")).to_have_value("one more dog")


def test_what_is_wrong_is_said_below_the_button(open_page: Open) -> None:
    page = open_page("en")
    page.click("#detect")
    expect_problem(page, say("errors.prompt_empty", "en"))
    expect(page.locator("#problem")).to_have_attribute("role", "alert")


def test_a_stream_whose_end_the_page_hears_late_loses_no_question(open_page: Open) -> None:
    """Gradio's script, told to close its stream, may have asked the next question already."""
    page = open_page("en", before=HEAR_THE_END_LATE)
    expect_problem(page, say("errors.prompt_empty", "en"))
    assert page.evaluate("glipEnds") > 1
