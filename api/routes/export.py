"""`GET /api/feedback/export`: ratings as a file, for admins."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from accounts.asker import Asker
from accounts.permissions import Action, require
from api.deps import CurrentAsker
from api.downloads import begin_download
from api.problems import ProblemCase, Responses, add_problems, problems
from detection.errors import ArchiveUnavailable, NotAllowed
from feedback.archive import FeedbackArchive, FeedbackFilter
from feedback.export.formats import FORMATS, FormatName, write
from feedback.export.pictures import PictureOf
from feedback.export.provenance import provenance_of
from feedback.filters import FilterForm
from utils.clock import Clock

FILES: Responses = {200: {"content": {entry.media_type: {} for entry in FORMATS.values()}}}
WAYS_TO_FAIL = problems(NotAllowed, ArchiveUnavailable)
add_problems(WAYS_TO_FAIL, [ProblemCase(422, "errors.bad_filter", {"field": "since"})])

_log = logging.getLogger(__name__)


def wanted_feedback(
    *,
    since: Annotated[str, Query(description="A day or a moment (ISO 8601, UTC).")] = "",
    until: Annotated[str, Query(description="Likewise; a day is included whole.")] = "",
    model: str = "",
    variant: str = "",
    user: str = "",
    session: str = "",
    rating: Annotated[list[str] | None, Query(description="1 to 5; may be repeated.")] = None,
    text: Annotated[str, Query(description="Stands in the prompt or the comment.")] = "",
) -> FeedbackFilter:
    """The filter in the query string. Raises BadFilter."""
    return FilterForm(
        since=since,
        until=until,
        model=model,
        variant=variant,
        user=user,
        session=session,
        rating=tuple(rating or ()),
        text=text,
    ).parse()


def exporting_asker(asker: CurrentAsker) -> Asker:
    """Who asks, if they may export. Raises NotAllowed."""
    require(asker.user, Action.EXPORT)
    return asker


ExportingAsker = Annotated[Asker, Depends(exporting_asker)]
WantedFeedback = Annotated[FeedbackFilter, Depends(wanted_feedback)]
Form = Annotated[FormatName, Query(alias="format", description="What kind of file.")]


def export_router(
    archive: FeedbackArchive, *, picture_of: PictureOf, clock: Clock, app_version: str
) -> APIRouter:
    """Routes that hand ratings out as files."""
    router = APIRouter(prefix="/api", tags=["feedback"])

    @router.get(
        "/feedback/export",
        summary="Ratings as a file (admins)",
        response_class=Response,
        responses={**FILES, **WAYS_TO_FAIL},
    )
    async def export(asker: ExportingAsker, form: Form, wanted: WantedFeedback) -> Response:
        entry, now = FORMATS[form], clock.now()
        provenance = await run_in_threadpool(
            provenance_of,
            archive,
            wanted,
            app_version=app_version,
            exported_at=now,
            language=asker.language,
        )
        _log.info("%s exports %d ratings as %s", asker.user.name, provenance.ratings, form.value)
        chunks = write(form, archive.scan(wanted), provenance, picture_of)
        return await begin_download(
            chunks, media_type=entry.media_type, file_name=entry.file_name(now)
        )

    return router
