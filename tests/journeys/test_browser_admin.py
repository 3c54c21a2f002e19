"""An admin's visit in a real browser, under the real gate and its strict policy."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from accounts.directory import UserDirectory
from accounts.user import Role
from detection.errors import UserExists
from feedback.record import BoxVerdict, Feedback, MissedBox, Verdict
from feedback.sqlite import SqliteFeedbackStore
from tests.conftest import PASSWORDS
from tests.feedback.archive_contract import rating_of
from tests.journeys.browsing import LOCALES, TIMEOUT_MS, Site, is_gradios, settle
from tests.ui.admin.hostile import HOSTILE
from texts import Language, say
from ui.admin.ratings import PAGE_SIZE
from ui.admin.words import cell_of
from utils.clock import SystemClock

pytestmark = pytest.mark.browser
OpenAdmin = Callable[[Language], Page]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI));
"""
SAID_AT_ONCE = 40  # payloads in one comment


@pytest.fixture
def ratings(site: Site) -> Iterator[SqliteFeedbackStore]:
    """The site's own store, empty at first and emptied again."""
    store = SqliteFeedbackStore(site.settings.database, clock=SystemClock())
    yield store
    with store._database.transaction() as connection:
        connection.execute("DELETE FROM feedback")
    store.close()


@pytest.fixture
def open_admin(browser: Browser, site: Site) -> Iterator[OpenAdmin]:
    """Open the page as an admin; at the end nothing was amiss."""
    users = UserDirectory(site.settings.database)
    try:
        users.add("admin", PASSWORDS["admin"], Role.ADMIN)
    except UserExists:
        users.set_role("admin", Role.ADMIN)
    users.close()
    faults: list[str] = []
    pages: list[Page] = []

    def note_console(line: ConsoleMessage) -> None:
        if line.type == "error" and not is_gradios(line):
            faults.append(f"{line.text} {line.location}")

    def open_in(language: Language) -> Page:
        context = browser.new_context(
            locale=LOCALES[language],
            http_credentials={"username": "admin", "password": PASSWORDS["admin"]},
        )
        context.add_init_script(WATCH)
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(TIMEOUT_MS)
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", note_console)
        page.goto(f"{site.address}/admin/")
        expect(page.get_by_role("tab").first).to_have_text(say("admin.overview", language))
        settle(page)
        return page

    yield open_in
    for page in pages:
        assert page.evaluate("violations") == []
        settle(page)
        page.context.close()
    assert faults == []


def recent(number: int, **changes: object) -> Feedback:
    """Rating `number`, that many hours ago."""
    return rating_of(number, at=datetime.now(UTC) - timedelta(hours=number), **changes)


def go_to(page: Page, tab: str, language: Language) -> None:
    page.get_by_role("tab", name=say(f"admin.{tab}", language), exact=True).click()


def cells(page: Page, column: int) -> Sequence[str]:
    """The texts of one column of the list."""
    return [
        row.locator("[role=gridcell]").nth(column).inner_text()
        for row in page.locator("#ratings-table [role=row]").all()
        if row.locator("[role=gridcell]").count()
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_admin_looks_searches_and_opens(
    open_admin: OpenAdmin, ratings: SqliteFeedbackStore, language: Language
) -> None:
    ratings.record(recent(1, comment="完美 perfect", rating=5))
    ratings.record(
        recent(
            2,
            rating=None,
            prompt="a bear . 红色杯子",
            verdicts=(BoxVerdict(index=0, verdict=Verdict.WRONG),),
            missed=(MissedBox(phrase="a left cup", xyxy=(1.0, 2.0, 30.0, 40.0)),),
        )
    )
    page = open_admin(language)
    expect(page.locator("#figures dd").first).to_have_text("2")
    expect(page.locator("#chart-stars-light img")).to_have_attribute("alt", re.compile("5 ★: 1"))
    expect(page.locator("#chart-stars-dark")).to_be_hidden()
    expect(page.locator("#comments blockquote")).to_have_text("完美 perfect")

    go_to(page, "ratings", language)
    expect(page.locator("#place")).to_have_text(
        say("admin.place", language, page=1, last=1, total=2)
    )
    page.fill("#filter-text textarea, #filter-text input", "bear")
    page.click("#search")
    expect(page.locator("#place")).to_have_text(
        say("admin.place", language, page=1, last=1, total=1)
    )
    expect(page.locator("#export-csv")).to_have_attribute("href", re.compile("text=bear"))
    page.locator("#ratings-table [role=gridcell]").nth(1).click()
    expect(page.locator("#opened-prompt textarea")).to_have_value("a bear . 红色杯子")
    expect(page.locator("#opened-boxes")).to_contain_text("a left cup")
    expect(page.locator("#opened-boxes")).to_contain_text(say("admin.verdict_wrong", language))
    expect(page.locator("#opinion img")).to_be_visible()
    page.click("#back")
    expect(page.locator("#ratings-table")).to_be_visible()
    page.fill("#filter-text textarea, #filter-text input", "nothing like that")
    page.click("#search")
    expect(page.get_by_text(say("admin.none_found", language))).to_be_visible()


def test_an_admin_manages_users(open_admin: OpenAdmin, site: Site) -> None:
    page = open_admin("en")
    go_to(page, "users", "en")
    expect(page.locator("#users-table")).to_contain_text("admin")
    page.fill("#new-name textarea, #new-name input", "eve")
    page.click("#add")
    expect(page.locator("#users-note")).to_have_text(say("admin.user_added", "en", name="eve"))
    password = page.locator("#generated textarea, #generated input").input_value()
    demo = httpx.get(f"{site.address}/demo/en/", auth=("eve", password), timeout=60)
    assert demo.status_code == 200

    page.locator("#user-name input").fill("eve")
    page.locator("#user-name input").press("Enter")
    page.click("#remove")
    expect(page.locator("#users-note")).to_have_text(say("admin.tick_first", "en"))
    page.locator("#is-sure input").check()
    page.click("#remove")
    expect(page.locator("#users-note")).to_have_text(say("admin.user_removed", "en", name="eve"))
    expect(page.locator("#users-table")).not_to_contain_text("eve")

    page.locator("#user-name input").fill("admin")
    page.locator("#user-name input").press("Enter")
    page.locator("#is-sure input").check()
    page.click("#remove")
    expect(page.locator(".toast-body")).to_contain_text(
        say("errors.last_admin", "en", name="admin")
    )
    go_to(page, "health", "en")
    expect(page.locator("#health-models")).to_contain_text("fake")


def test_hostile_words_stay_words(open_admin: OpenAdmin, ratings: SqliteFeedbackStore) -> None:
    said = [
        "\n".join(HOSTILE[start : start + SAID_AT_ONCE])
        for start in range(0, len(HOSTILE), SAID_AT_ONCE)
    ]
    for number, comment in enumerate(said):
        ratings.record(recent(number, comment=comment))
    for number, text in enumerate(HOSTILE, start=len(said)):
        ratings.record(recent(number, comment=text, prompt=f"a dog . {text}", variant=text))

    page = open_admin("en")
    expect(page.locator("#chart-days-light img")).to_be_visible()
    scripts = page.locator("script").count()
    shown = page.locator("#comments blockquote").all_text_contents()
    assert shown[: len(said)] == said
    go_to(page, "ratings", "en")
    seen: list[str] = []
    last = -(-(len(said) + len(HOSTILE)) // PAGE_SIZE)
    for number in range(1, last + 1):
        expect(page.locator("#place")).to_contain_text(f"Page {number} of {last}")
        expect(page.locator("#ratings-table")).to_contain_text("a dog")
        seen += cells(page, 2)
        if number < last:
            page.click("#older")
    assert seen[len(said) :] == [cell_of(text) for text in HOSTILE]
    page.locator("#ratings-table [role=gridcell]").nth(1).click()
    expect(page.locator("#opened-comment textarea")).to_have_value(HOSTILE[-len(cells_left())])
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == scripts


def cells_left() -> range:
    """The rows on the last page."""
    return range((5 + len(HOSTILE)) % PAGE_SIZE or PAGE_SIZE)
