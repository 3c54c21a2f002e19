"""`GET /api/results/{id}`: an answer of one's own session again, as JSON, COCO or picture."""

import io
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Annotated, Protocol

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Query
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from accounts.permissions import Action, require
from api.deps import CurrentAsker, ResultId
from api.formats import Format, file_answer_of, render_answers
from api.problems import problems
from api.schemas import DetectAnswer, answer_of
from detection.annotate import annotate
from detection.errors import ImageGone, Overloaded, ResultNotFound
from detection.image import SourceImage
from detection.result import DetectionResult
from feedback.results import ResultStore

_PNG_LEVEL = 3  # half the time of Pillow's own, for a few per cent more bytes
_DRAWING_AT_ONCE = 2  # the largest picture takes 75 MB several times, and seconds
_WAITING_AT_MOST = 16
_RETRY_AFTER_S = 5.0

Threshold = Annotated[
    float | None, Query(ge=0, le=1, description="Least score shown; the answer's own if left out.")
]
FileName = Annotated[
    str, Query(alias="file", max_length=255, description="What COCO calls the picture.")
]


class RecentImages(Protocol):
    """Where the pixels of what was asked about lately can be had."""

    def recall_image(self, digest: str) -> SourceImage | None:
        """Return the picture, if it is still at hand. CPU work."""
        ...


def results_router(results: ResultStore, images: RecentImages) -> APIRouter:
    """Routes that show an answer again for as long as it is kept; no model runs."""
    router = APIRouter(prefix="/api/results", tags=["detection"])
    drawing = CapacityLimiter(_DRAWING_AT_ONCE)
    seats = BoundedSemaphore(_DRAWING_AT_ONCE + _WAITING_AT_MOST)

    def view(result_id: str, asker: CurrentAsker, threshold: float | None) -> DetectionResult:
        require(asker.user, Action.DETECT)
        result = results.load(result_id, asker)
        return result if threshold is None else replace(result, threshold=threshold)

    @router.get(
        "/{result_id}",
        summary="An answer again, at any threshold",
        responses=problems(ResultNotFound),
    )
    def again(
        result_id: ResultId, asker: CurrentAsker, threshold: Threshold = None
    ) -> DetectAnswer:
        return answer_of(view(result_id, asker, threshold), asker.session_id)

    @router.get(
        "/{result_id}/coco",
        summary="The same as a COCO results file",
        responses=problems(ResultNotFound),
    )
    def coco(
        result_id: ResultId,
        asker: CurrentAsker,
        threshold: Threshold = None,
        file_name: FileName = "picture",
    ) -> Response:
        answer = file_answer_of(view(result_id, asker, threshold), file=file_name)
        return Response(render_answers([answer], Format.COCO), media_type="application/json")

    @router.get(
        "/{result_id}/picture",
        summary="The picture with its boxes, in full size",
        response_class=Response,
        responses={
            200: {"content": {"image/png": {}}},
            **problems(ResultNotFound, ImageGone, Overloaded),
        },
    )
    async def picture(
        result_id: ResultId, asker: CurrentAsker, threshold: Threshold = None
    ) -> Response:
        result = await run_in_threadpool(view, result_id, asker, threshold)
        if not seats.acquire(blocking=False):
            raise Overloaded(retry_after_s=_RETRY_AFTER_S)
        try:  # who waits here holds no thread: those are everybody's
            drawn = await anyio.to_thread.run_sync(_draw, result, images, limiter=drawing)
        finally:
            seats.release()
        return Response(drawn, media_type="image/png")

    return router


def _draw(result: DetectionResult, images: RecentImages) -> bytes:
    """Return the picture of a result as PNG. Raises ImageGone."""
    image = images.recall_image(result.image_digest)
    if image is None:
        raise ImageGone
    return _encode(annotate(image, result.shown, result.prompt))


def _encode(image: SourceImage) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image.pixels).save(buffer, "PNG", compress_level=_PNG_LEVEL)
    return buffer.getvalue()
