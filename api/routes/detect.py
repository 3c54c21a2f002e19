"""`POST /api/detect`."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from api.deps import CurrentAsker, answer_unless_gone
from api.openapi import REQUIRED
from api.problems import problems
from api.schemas import DetectAnswer, answer_of
from detection import errors
from detection.query import DetectionForm
from detection.reading import list_warnings
from serving.service import DetectionService

HOW_TO_ASK = """\
The picture and the text go into one multipart form. The threshold is a view: the same question with
another one is answered from memory, as is the same question asked again.
"""
PictureFile = Annotated[
    UploadFile | None,
    File(
        description="The picture: JPEG, PNG or WebP, one frame. Turned upright by its EXIF.",
        json_schema_extra=REQUIRED,
    ),
]
Text = Annotated[
    str,
    Form(
        description="What to look for, in your own words, at most 500 characters.",
        examples=["a dog . the red cup", "一只狗。红色杯子"],
        json_schema_extra=REQUIRED,
    ),
]
Threshold = Annotated[
    float | None,
    Form(
        description="Least score shown, from the model's floor to 1; its default if left out.",
        examples=[0.3],
    ),
]
Model = Annotated[
    str, Form(description="One of `GET /api/models`; the server's default if left out.")
]
WAYS_TO_FAIL = (
    errors.ImageMissing,
    errors.ImageTooLarge,
    errors.ImageDimensions,
    errors.ImageFormat,
    errors.ImageAnimated,
    errors.ImageBroken,
    errors.PromptEmpty,
    errors.PromptTooLong,
    errors.PromptCharacter,
    errors.PromptWithoutPhrase,
    errors.BadThreshold,
    errors.UnknownModel,
    errors.ModelNotInstalled,
    errors.ModelLoading,
    errors.ModelUnavailable,
    errors.TooManyRequests,
    errors.Overloaded,
    errors.DeadlineExceeded,
)


def detect_router(service: DetectionService) -> APIRouter:
    """Routes that ask a model."""
    router = APIRouter(prefix="/api", tags=["detection"])

    @router.post(
        "/detect",
        summary="Find the things the text names",
        description=HOW_TO_ASK,
        responses=problems(*WAYS_TO_FAIL),
    )
    async def detect(
        request: Request,
        asker: CurrentAsker,
        *,
        image: PictureFile = None,
        text: Text = "",
        threshold: Threshold = None,
        model: Model = "",
    ) -> DetectAnswer:
        image_bytes = await image.read() if image is not None else None
        form = DetectionForm(
            image_bytes=image_bytes, text=text, threshold=threshold, model=model or None
        )
        result = await answer_unless_gone(request, service.submit(form, asker))
        warnings = list_warnings(
            result.prompt,
            model=result.model_id,
            languages=service.shelf.languages_of(result.model_id),
        )
        sentences = {one.code: one.sentence(asker.language) for one in warnings}
        return answer_of(result, asker.session_id, sentences)

    return router
