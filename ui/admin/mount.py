"""Puts the admin page under /admin: a mount of its own, so that no guest is ever sent any of it."""

from fastapi import FastAPI
from starlette.middleware import Middleware

from texts import LANGUAGES
from ui.admin.blocks import build_admin
from ui.admin.services import AdminServices
from ui.language_choice import choose_page
from ui.mount import mount_page
from ui.page_head import PageHead

_LINKS = (
    b'<link rel="icon" href="/static/favicon.svg" type="image/svg+xml" />'
    b'<link rel="stylesheet" href="/static/demo.css" />'
    b'<link rel="stylesheet" href="/static/admin.css" />'
    b'<script src="/static/demo.js"></script>'
    b'<script src="/static/admin.js"></script>'
)
_NO_UPLOADS = 1  # byte; the gate lets none through either


def mount_admin(app: FastAPI, services: AdminServices) -> None:
    """Add `/admin` to `app`, on which `/demo` is mounted already.

    The gate lets admins alone in; each handler asks once more.
    """
    for path in ("/admin", "/admin/"):
        app.add_api_route(path, choose_page, methods=["GET", "HEAD"], include_in_schema=False)
    for language in LANGUAGES:
        mount_page(
            app,
            build_admin(language, services),
            path=f"/admin/{language}",
            head=Middleware(PageHead, language=language, links=_LINKS),
            max_upload_bytes=_NO_UPLOADS,
        )
