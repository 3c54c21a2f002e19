"""A guest's visit in a real browser, under the real gate and its strict policy."""

import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from detection.detector import ModelCard
from tests.conftest import PASSWORDS, wait_for_model
from tests.fakes import FakeDetector, image_bytes
from texts import Language, say

TIMEOUT_MS = 60_000  # a busy machine is slow, not wrong
CHROMIUM = Path("/usr/bin/chromium")
LOCALES: dict[Language, str] = {"en": "en-GB", "zh": "zh-CN"}
KNOWS: dict[Language, str] = {"en": "It knows nothing real.", "zh": "它什么都不认识。"}
PROMPTS: dict[Language, str] = {"en": "a dog . the red cup", "zh": "一只狗。红色杯子"}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no browser at /usr/bin/chromium"),
]
Open = Callable[[Language], Page]


def expect_page(page: Page, language: Language) -> None:
    """Wait until the page has all it asks for by itself; leaving it sooner breaks a stream off."""
    expect(page.locator("#detect")).to_have_text(say("page.detect", language), timeout=TIMEOUT_MS)
    expect(page.locator("#knows")).to_contain_text(KNOWS[language], timeout=TIMEOUT_MS)
    page.wait_for_load_state("networkidle")


@pytest.fixture(scope="module")
def detector() -> FakeDetector:
    return FakeDetector(card=ModelCard(knows=KNOWS))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("data"),
        metrics_port=0,
        model="fake",
        detections_per_minute_address=1000,
    )


@pytest.fixture(scope="module")
def address(settings: Settings, detector: FakeDetector) -> Iterator[str]:
    """The running application's address."""
    users = UserDirectory(settings.database)
    users.add("guest", PASSWORDS["guest"], Role.GUEST)
    users.close()
    application = create_app(settings, build=lambda _name: detector)
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        httpx.get(f"{url}/healthz", timeout=60)  # waits in the listener's queue until start-up ends
        wait_for_model()
        yield url
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Open the page as a guest whose browser speaks a language; at the end nothing was amiss."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def note_request(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            faults.append(f"foreign request: {url}")

    def note_console(line: ConsoleMessage) -> None:
        # Leaving a page ends its open event stream; Gradio's script reports that as an error.
        if line.type == "error" and "AbortError" not in line.text:
            faults.append(f"{line.text} {line.location}")

    def open_in(language: Language) -> Page:
        context = browser.new_context(
            locale=LOCALES[language],
            http_credentials={"username": "guest", "password": PASSWORDS["guest"]},
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("request", lambda request: note_request(request.url))
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", note_console)
        page.goto(f"{address}/demo/")
        expect_page(page, language)
        return page

    yield open_in
    for context in contexts:
        context.close()
    assert faults == []  # a breach of the content policy is an error on the console


def choose_picture(page: Page, data: bytes | None = None, name: str = "picture.png") -> None:
    file = {"name": name, "mimeType": "image/png", "buffer": data or image_bytes(320, 240)}
    page.set_input_files("#picture input[type=file]", files=file)  # type: ignore[arg-type]  # a dict will do
    page.wait_for_selector("#picture img, #picture .image-frame")


def ask(page: Page, prompt: str) -> None:
    page.fill("#prompt textarea", prompt)
    page.click("#detect")


def move_threshold(page: Page, value: float) -> None:
    page.fill("#threshold input[type=number]", str(value))
    page.press("#threshold input[type=number]", "Enter")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_guest_asks_looks_again_asks_again_and_rates(
    open_page: Open, detector: FakeDetector, settings: Settings, language: Language
) -> None:
    page = open_page(language)
    choose_picture(page, image_bytes(320, 240, colour=(len(language), 7, ord(language[0]))))
    ask(page, PROMPTS[language])
    expect(page.locator("#boxes img")).to_be_visible()
    expect(page.locator("#legend .highlighted")).to_have_count(2)

    runs = len(detector.calls)
    move_threshold(page, 0.05)
    expect(page.locator("#table [role=gridcell]")).to_have_count(8)
    before = page.get_attribute("#boxes img", "src")
    move_threshold(page, 1)
    expect(page.locator("#headline")).to_contain_text(
        say("page.no_boxes", language).replace("*", "")
    )
    expect(page.locator("#table")).to_be_hidden()
    expect(page.locator("#boxes img")).not_to_have_attribute("src", before or "")
    assert len(detector.calls) == runs

    move_threshold(page, 0.05)
    ask(page, {"en": "a green tree", "zh": "绿色的树"}[language])
    expect(page.locator("#legend .highlighted")).to_have_count(1)
    assert len(detector.calls) == runs + 1

    page.locator("#stars input").nth(1).check()
    page.click("#send")
    expect(page.locator("#rating-note")).to_have_text(say("page.rated", language, rating=2))
    page.locator("#stars input").nth(4).check()
    page.fill("#comment textarea", "好多了 <script>")
    page.click("#send")
    expect(page.locator("#rating-note")).to_have_text(say("page.rated_again", language, rating=5))
    with sqlite3.connect(settings.database) as database:
        stored = database.execute(
            "SELECT rating, edit FROM feedback WHERE language = ?", (language,)
        )
        assert stored.fetchall() == [(5, 2)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be_used_is_said_and_nothing_typed_is_lost(
    open_page: Open, language: Language
) -> None:
    page = open_page(language)
    too_long = "a dog . " * 1_250
    ask(page, "a dog")
    expect_toast(page, say("errors.image_missing", language))
    choose_picture(page, b"this is no picture", "note.png")
    ask(page, "a dog")
    expect_toast(page, say("errors.image_format", language))
    for prompt, error, facts in (
        ("", "prompt_empty", {}),
        (". , ;", "prompt_without_phrase", {}),
        (too_long, "prompt_too_long", {"length": len(too_long), "limit": 500}),
    ):
        ask(page, prompt)
        expect_toast(page, say(f"errors.{error}", language, **facts))
        assert page.input_value("#prompt textarea") == prompt
    expect(page.locator("#detect")).to_be_visible()
    expect(page.locator("#answer")).to_be_hidden()


def expect_toast(page: Page, sentence: str) -> None:
    """Wait for a message, then close it."""
    expect(page.locator(".toast-body", has_text=sentence)).to_be_visible()
    for close in page.locator(".toast-close").all():
        close.click()
    expect(page.locator(".toast-body")).to_have_count(0)


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
    expect(page.locator("#legend .highlighted")).to_have_count(2)


def test_the_other_language_is_one_click_away_and_stays(open_page: Open, address: str) -> None:
    page = open_page("en")
    page.click("#language a")
    expect_page(page, "zh")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.goto(f"{address}/demo/")
    expect_page(page, "zh")
    expect(page.locator("#picture")).to_contain_text("上传")  # Gradio's own words follow


def test_cancel_gives_the_page_back(open_page: Open, detector: FakeDetector) -> None:
    release = Event()

    def wait_for_release(_jobs: object) -> None:
        release.wait(60)

    detector.before_batch = wait_for_release
    page = open_page("en")
    try:
        choose_picture(page, image_bytes(200, 100, colour=(9, 9, 9)))
        ask(page, "a dog")
        expect(page.locator("#status")).to_have_text(say("page.stage_detecting", "en"))
        page.click("#cancel")
        expect(page.locator("#status")).to_have_text(say("page.cancelled", "en"))
        expect(page.locator("#detect")).to_be_visible()
    finally:
        detector.before_batch = None
        release.set()
