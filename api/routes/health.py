"""`GET /healthz` and `GET /readyz`: open to strangers, and silent about details."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from serving.service import DetectionService


def health_router(service: DetectionService, *, hung_after_s: float) -> APIRouter:
    """Routes for whoever watches the process. `hung_after_s`: a batch older than that is stuck."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process answers")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Detections are answered", responses={503: {}})
    async def readyz() -> JSONResponse:
        reasons = []
        if not service.ready:
            reasons.append("model loading")
        if service.stuck_for_s > hung_after_s:
            reasons.append("model hung")
        status = 503 if reasons else 200
        return JSONResponse(
            {"status": "unready" if reasons else "ready", "reasons": reasons}, status
        )

    return router
