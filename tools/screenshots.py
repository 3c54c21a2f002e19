"""Take the pictures of the page that README.md shows: a real server, the shipped model, a browser.

    .venv/bin/python -m tools.screenshots [FOLDER]

Starts a server of its own on a free port with a data folder that is thrown away.
"""

import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.directory import UserDirectory
from accounts.user import Role
from app import create_app
from config import Settings
from texts import Language

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "only-for-this-picture"  # noqa: S105 - of a server that lives for a minute
PATIENCE_MS = 300_000
LOCALES: dict[Language, str] = {"en": "en-GB", "zh": "zh-CN"}


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture: the page in a language, at a width, in a colour scheme, with a scene asked."""

    name: str
    language: Language
    width: int = 1280  # CSS pixels
    is_dark: bool = False
    scene: int = 0


SHOTS = (
    Shot(name="demo-en", language="en"),
    Shot(name="demo-zh", language="zh"),
    Shot(name="demo-dark", language="en", is_dark=True, scene=1),
    Shot(name="demo-phone", language="zh", width=390),
)


@contextmanager
def serving() -> Iterator[str]:
    """Serve the application until the block is left; give its address."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as port:
        settings = Settings(_env_file=None, data_dir=Path(folder), metrics_port=0)
        users = UserDirectory(settings.database)
        users.add("guest", PASSWORD, Role.GUEST)
        users.close()
        config = uvicorn.Config(create_app(settings), log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([port],))
        thread.start()
        address = f"http://127.0.0.1:{port.getsockname()[1]}"
        try:
            while httpx.get(f"{address}/readyz", timeout=60).is_error:
                time.sleep(0.5)  # the model loads beside the server
            yield address
        finally:
            server.should_exit = True
            thread.join()


def take(browser: Browser, address: str, shot: Shot, folder: Path) -> None:
    """Ask a scene as a guest would, and picture the whole page with its answer."""
    context = browser.new_context(
        locale=LOCALES[shot.language],
        viewport={"width": shot.width, "height": 900},
        device_scale_factor=2 if shot.width < 768 else 1,
        color_scheme="dark" if shot.is_dark else "light",
        http_credentials={"username": "guest", "password": PASSWORD},
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}/demo/")
    page.wait_for_selector("#knows p")  # the page has introduced itself
    page.locator("#scenes button").nth(shot.scene).click()
    wait_for_answer(page)
    page.screenshot(path=folder / f"{shot.name}.png", full_page=True)
    context.close()


def wait_for_answer(page: Page) -> None:
    """Return when boxes are shown, the pictures are there and nothing moves any more."""
    page.wait_for_selector(".glip-box")
    page.wait_for_selector("#cancel", state="hidden")
    page.evaluate("() => { for (const image of document.images) image.loading = 'eager'; }")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    page.mouse.move(0, 0)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for shot in SHOTS:
            take(browser, address, shot, folder)
            print(folder / f"{shot.name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
