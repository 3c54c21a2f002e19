from starlette.responses import HTMLResponse, StreamingResponse

from gate.content_policy import content_policy, digest_of
from tests.gate.house import House

PAGE = b"""<html><head>
<script>window.gradio_config = {"user": "ann"};</script><script data-mode>
start();</script>
<script type="module" crossorigin src="./assets/index.js"></script>
<script src="/static/demo.js"></script></head></html>"""


def scripts_allowed(policy: str) -> set[str]:
    (directive,) = [part for part in policy.split("; ") if part.startswith("script-src ")]
    return set(directive.split()[1:])


def test_without_inline_scripts_only_our_files_run() -> None:
    assert scripts_allowed(content_policy()) == {"'self'"}


def test_a_page_leaves_with_the_hashes_of_its_own_inline_scripts(house: House) -> None:
    house.inner.respond = lambda _: HTMLResponse(PAGE)
    answer = house.browser().get("/demo/en/")
    inline = [b'window.gradio_config = {"user": "ann"};', b"\nstart();"]
    assert answer.content == PAGE
    assert scripts_allowed(answer.headers["content-security-policy"]) == {
        "'self'",
        *(f"'sha256-{digest_of(script)}'" for script in inline),
    }


def test_only_gradios_page_may_bring_inline_scripts(house: House) -> None:
    house.inner.respond = lambda _: HTMLResponse(PAGE)
    answer = house.browser().get("/docs")
    assert scripts_allowed(answer.headers["content-security-policy"]) == {"'self'"}


def test_the_page_is_asked_for_uncompressed_and_assets_are_not(house: House) -> None:
    browser = house.browser()
    browser.get("/demo/en/", headers={"Accept-Encoding": "br"})
    browser.get("/demo/en/assets/a.js", headers={"Accept-Encoding": "br"})
    page, asset = house.inner.requests
    assert "accept-encoding" not in page["headers"]
    assert asset["headers"]["accept-encoding"] == "br"


def test_a_page_in_pieces_arrives_whole(house: House) -> None:
    pieces = [PAGE[:40], PAGE[40:]]
    house.inner.respond = lambda _: StreamingResponse(iter(pieces), media_type="text/html")
    answer = house.browser().get("/demo/en/")
    assert answer.content == PAGE
    assert len(scripts_allowed(answer.headers["content-security-policy"])) == 3
