"""`GET /docs`: the OpenAPI schema, to read and to try, with a viewer from our own `static/`."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse


def docs_router(templates_dir: Path) -> APIRouter:
    """The page that shows `/openapi.json`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def docs() -> FileResponse:
        return FileResponse(templates_dir / "docs.html", media_type="text/html")

    return router
