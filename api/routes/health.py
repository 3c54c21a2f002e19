"""`GET /healthz` and `GET /readyz`: open to strangers, and silent about details."""

import asyncio

from fastapi import APIRouter
from starlette.responses import JSONResponse

from api.schemas import Alive, Readiness
from feedback.relay import Relay
from serving.service import DetectionService


def health_router(
    service: DetectionService, relay: Relay | None, *, hung_after_s: float
) -> APIRouter:
    """Routes for whoever watches the process. `hung_after_s`: a batch older than that is stuck."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process answers")
    async def healthz() -> Alive:
        return Alive()

    @router.get(
        "/readyz",
        summary="Detections are answered",
        response_model=Readiness,
        responses={503: {"model": Readiness, "description": "Not yet, or no longer."}},
    )
    async def readyz() -> JSONResponse:
        reasons = []
        if not service.ready:
            reasons.append("model loading")
        if service.stuck_for_s > hung_after_s:
            reasons.append("model hung")
        if reasons:
            return JSONResponse({"status": "unready", "reasons": reasons}, 503)
        # Ratings are taken and kept all the same, so this is no reason to send people elsewhere.
        if relay is not None and await asyncio.to_thread(relay.is_behind):
            return JSONResponse({"status": "degraded", "reasons": ["store behind"]})
        return JSONResponse({"status": "ready", "reasons": reasons})

    return router
