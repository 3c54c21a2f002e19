"""`POST /api/detect` and `GET /api/models`."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from accounts.permissions import Action, require
from api.deps import CurrentAsker, answer_unless_gone
from api.schemas import DetectAnswer, ModelOut, answer_of, model_of
from detection.query import DetectionForm
from serving.service import DetectionService


def detect_router(service: DetectionService) -> APIRouter:
    """Routes that ask a model."""
    router = APIRouter(prefix="/api", tags=["detection"])

    @router.post("/detect", summary="Find the things the text names")
    async def detect(
        request: Request,
        asker: CurrentAsker,
        *,
        image: Annotated[UploadFile | None, File(description="JPEG, PNG or WebP.")] = None,
        text: Annotated[str, Form(description="What to look for, in your own words.")] = "",
        threshold: Annotated[float | None, Form(description="Least score shown.")] = None,
        model: Annotated[str | None, Form(description="One of `GET /api/models`.")] = None,
    ) -> DetectAnswer:
        image_bytes = await image.read() if image is not None else None
        form = DetectionForm(image_bytes=image_bytes, text=text, threshold=threshold, model=model)
        result = await answer_unless_gone(request, service.submit(form, asker))
        return answer_of(result, asker.session_id)

    @router.get("/models", summary="The models that answer")
    def models(asker: CurrentAsker) -> list[ModelOut]:
        require(asker.user, Action.DETECT)
        return [model_of(model) for model in service.models()]

    return router
