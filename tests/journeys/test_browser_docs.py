"""The API's schema in a real browser, under the real gate and its strict policy."""

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.fakes import image_bytes
from tests.journeys.browsing import TIMEOUT_MS, Open, Site

pytestmark = pytest.mark.browser


def open_operation(page: Page, method: str, path: str) -> Locator:
    """Unfold a route of the schema and return its block."""
    block = page.locator(f".opblock-{method}").filter(
        has=page.locator(f'.opblock-summary-path[data-path="{path}"]')
    )
    block.locator(".opblock-summary-control").click()
    expect(block.locator("button.execute")).to_be_visible(timeout=TIMEOUT_MS)
    return block


def execute(block: Locator) -> Locator:
    """Send the request that was filled in; return what came back."""
    block.locator("button.execute").click()
    answer = block.locator(".live-responses-table tbody")
    expect(answer.locator("td.response-col_status")).to_be_visible(timeout=TIMEOUT_MS)
    return answer


def test_a_route_can_be_tried_in_the_browser(open_page: Open, site: Site) -> None:
    page = open_page("en")
    page.goto(f"{site.address}/docs")
    answer = execute(open_operation(page, "get", "/api/models"))
    expect(answer.locator("td.response-col_status")).to_have_text("200")

    detect = open_operation(page, "post", "/api/detect")
    picture = FilePayload(name="a.png", mimeType="image/png", buffer=image_bytes())
    detect.locator("input[type=file]").set_input_files(picture)
    detect.locator('[data-property-name="text"] input[type=text]').fill("a blue door")
    answer = execute(detect)
    expect(answer.locator("td.response-col_status").first).to_contain_text("200")
    expect(answer).to_contain_text("a blue door")
