"""`POST /api/feedback`: rate a result of one's own session."""

from fastapi import APIRouter

from api.deps import CurrentAsker
from api.schemas import FeedbackIn, FeedbackOut, feedback_of
from feedback.desk import FeedbackDesk
from feedback.record import RatingForm


def feedback_router(desk: FeedbackDesk) -> APIRouter:
    """Routes that record what people said."""
    router = APIRouter(prefix="/api", tags=["feedback"])

    @router.post(
        "/feedback", status_code=201, summary="Rate a result; a second rating replaces the first"
    )
    def rate(body: FeedbackIn, asker: CurrentAsker) -> FeedbackOut:
        form = RatingForm(
            result_id=body.result_id,
            rating=body.rating,
            comment=body.comment,
            threshold=body.threshold,
        )
        return feedback_of(desk.rate(form, asker))

    return router
