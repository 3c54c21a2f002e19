"""What keeps people out of the page, and what it weighs: looked for in a real browser."""

from pathlib import Path
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]  # it ships no types
import pytest
from playwright.sync_api import Page, Request, expect

from tests.journeys.browsing import (
    PROMPTS,
    Open,
    ask_and_wait,
    choose_picture,
    expect_problem,
    move_threshold,
    settle,
)
from texts import Language, say

pytestmark = pytest.mark.browser
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
FAULTS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ target, html }) => [id, target.join(" "), html]));
}"""
# Measured: 117 requests, 996 kB; 430 kB of it are the twelve scenes, 78 kB our own files.
MOST_REQUESTS = 125
MOST_BYTES = 1_050_000


def faults_of(page: Page) -> list[Any]:
    """What axe-core finds serious or critical. It comes in beside the page's policy, as a tool."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[Any] = page.evaluate(FAULTS)
    return found


def test_a_fault_would_be_found(open_page: Open) -> None:
    page = open_page("en")
    page.evaluate("document.querySelector('#claim').append(document.createElement('button'))")
    assert [rule for rule, *_ in faults_of(page)] == ["button-name"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_serious_keeps_anybody_out(
    open_page: Open, language: Language, scheme: str
) -> None:
    page = open_page(language, color_scheme=scheme)
    faults = {"empty": faults_of(page)}
    page.click("#detect")
    expect_problem(page, say("errors.prompt_empty", language))
    faults["error"] = faults_of(page)
    choose_picture(page)
    ask_and_wait(page, PROMPTS[language], phrases=2)
    move_threshold(page, 0.05)
    expect(page.locator("#history")).to_be_visible()
    page.click(".glip-command summary")
    faults["answered"] = faults_of(page)
    assert faults == {"empty": [], "error": [], "answered": []}


def test_the_page_weighs_no_more_than_it_did(open_page: Open) -> None:
    finished: list[Request] = []

    def note(request: Request) -> None:
        finished.append(request)

    page = open_page("en")
    page.on("requestfinished", note)
    page.reload()
    expect(page.locator("#scenes img").first).to_be_visible()
    settle(page)
    sizes = [request.sizes()["responseBodySize"] for request in finished if request.response()]
    assert (len(sizes) <= MOST_REQUESTS, sum(sizes) <= MOST_BYTES) == (True, True), (
        len(sizes),
        sum(sizes),
    )
