"""What a person does on the page, in words, for the tests that drive a browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Response, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from config import Settings
from gate.routes import CANCEL, RESET
from tests.fakes import FakeDetector, image_bytes
from texts import Language, say

TIMEOUT_MS = 120_000  # a busy machine is slow, not wrong
SETTLED_MS = 8_000
LEFT = ("AbortError", "Connection errored out")  # what Gradio says of a stream that ended so
CHROMIUM = Path("/usr/bin/chromium")
LOCALES: dict[Language, str] = {"en": "en-GB", "zh": "zh-CN"}
KNOWS: dict[Language, str] = {"en": "It knows nothing real.", "zh": "它什么都不认识。"}
PROMPTS: dict[Language, str] = {"en": "a dog . the red cup", "zh": "一只狗。红色杯子"}
# How Gradio names the picture in what it sends.
PICTURE_ID = """() => gradio_config.components
  .find(({ props }) => props.elem_id === "picture").id"""
Open = Callable[..., Page]


@dataclass(frozen=True)
class Site:
    """The running application, and what stands behind it."""

    address: str
    detector: FakeDetector
    settings: Settings


def expect_page(page: Page, language: Language) -> None:
    """Wait until the page has all it asks for by itself; leaving it sooner breaks a stream off."""
    expect(page.locator("#detect")).to_have_text(say("page.detect", language), timeout=TIMEOUT_MS)
    expect(page.locator("#knows")).to_contain_text(KNOWS[language], timeout=TIMEOUT_MS)
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing is under way, so that leaving the page breaks nothing off.

    Now and then Gradio leaves the stream of a page's first events open; it is not waited for.
    """
    with suppress(PlaywrightTimeout):
        page.wait_for_load_state("networkidle", timeout=SETTLED_MS)


def is_gradios(line: ConsoleMessage) -> bool:
    """Say whether a line on the console is Gradio's own, and nothing amiss.

    Leaving a page ends its open stream of events, which its script reports as an error; and it
    cancels a question before it has the number that it cancels it by.
    """
    return any(words in line.text for words in LEFT) or line.location["url"].endswith(
        (CANCEL, RESET)
    )


@contextmanager
def telling_of_a_picture(page: Page) -> Iterator[None]:
    """Wait until the page has told of the picture that comes within.

    It does so by itself, and drops what is asked before: asking sooner would be a race.
    """
    picture = page.evaluate(PICTURE_ID)

    def is_told(response: Response) -> bool:
        if "/queue/join" not in response.url:
            return False
        event: dict[str, Any] = response.request.post_data_json or {}
        return bool(event.get("trigger_id") == picture)

    with page.expect_response(is_told):
        yield


def choose_picture(page: Page, data: bytes | None = None, name: str = "picture.png") -> None:
    file: Any = {
        "name": name,
        "mimeType": "image/png",
        "buffer": data or image_bytes(320, 240),
    }
    with telling_of_a_picture(page):
        page.set_input_files("#picture input[type=file]", files=file)
    page.wait_for_selector("#picture img, #picture .image-frame")


def ask(page: Page, prompt: str) -> None:
    page.fill("#prompt textarea", prompt)
    page.click("#detect")


def ask_and_wait(page: Page, prompt: str, phrases: int) -> None:
    """Ask, and wait for an answer about so many phrases."""
    ask(page, prompt)
    expect(page.locator(".glip-phrase")).to_have_count(phrases)
    expect(page.locator("#detect")).to_be_visible()


def move_threshold(page: Page, value: float) -> None:
    page.fill("#threshold input[type=number]", str(value))
    page.press("#threshold input[type=number]", "Enter")


def expect_problem(page: Page, sentence: str) -> None:
    """Wait for a sentence below the button."""
    expect(page.locator("#problem p")).to_have_text(sentence)
