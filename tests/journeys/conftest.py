"""One running application and one browser for all journeys that need them."""

from collections.abc import Iterator

import pytest
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
from tests.fakes import FakeDetector
from tests.journeys.browsing import (
    CHROMIUM,
    KNOWS,
    LOCALES,
    TIMEOUT_MS,
    Open,
    Site,
    expect_page,
    is_gradios,
)
from tests.live import serving
from texts import Language

READER = ModelCard(languages=("en", "zh"))


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application on a fake detector; built once, since Gradio takes seconds."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("site"),
        metrics_port=0,
        model="fake",
        detections_per_minute_address=1000,
    )
    users = UserDirectory(settings.database)
    users.add("guest", PASSWORDS["guest"], Role.GUEST)
    users.close()
    detector = FakeDetector(card=ModelCard(knows=KNOWS))

    def build(name: str) -> FakeDetector:
        return detector if name == settings.model else FakeDetector(model_id=name, card=READER)

    with serving(create_app(settings, build=build)) as address:
        wait_for_model()
        yield Site(address, detector, settings)


@pytest.fixture
def site(shared_site: Site) -> Iterator[Site]:
    """The site, its model idle again after each test."""
    yield shared_site
    shared_site.detector.before_batch = None


# Not for the whole session: Playwright's event loop would be in the way of other tests' own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("there is no browser at /usr/bin/chromium")
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """Open the page as a guest whose browser speaks a language; at the end nothing was amiss."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def note_request(url: str) -> None:
        if not url.startswith((site.address, "data:", "blob:")):
            faults.append(f"foreign request: {url}")

    def note_console(line: ConsoleMessage) -> None:
        if line.type == "error" and not is_gradios(line):
            faults.append(f"{line.text} {line.location}")

    def open_in(language: Language, *, before: str = "", **options: object) -> Page:
        context = browser.new_context(
            locale=LOCALES[language],
            http_credentials={"username": "guest", "password": PASSWORDS["guest"]},
            **options,  # type: ignore[arg-type]  # as Playwright names them
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("request", lambda request: note_request(request.url))
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", note_console)
        page.add_init_script(before)
        page.goto(f"{site.address}/demo/")
        expect_page(page, language)
        return page

    yield open_in
    for context in contexts:
        context.close()
    assert faults == []  # a breach of the content policy is an error on the console
