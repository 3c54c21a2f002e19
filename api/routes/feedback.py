"""`/api/feedback`: say what one thinks of a result of one's own session, and take it back."""

from fastapi import APIRouter

from api.deps import CurrentAsker, ResultId
from api.feedback_schemas import FeedbackIn, FeedbackOut, RemovedOut, feedback_of
from api.problems import problems
from detection import errors
from feedback.desk import FeedbackDesk

WAYS_TO_FAIL = (
    errors.BadRating,
    errors.BadComment,
    errors.BadThreshold,
    errors.BadVerdict,
    errors.BadPhrase,
    errors.BadMissedBox,
    errors.ResultNotFound,
    errors.ImageGone,
    errors.NotSaved,
)


def feedback_router(desk: FeedbackDesk) -> APIRouter:
    """Routes that record what people said."""
    router = APIRouter(prefix="/api", tags=["feedback"])

    @router.post(
        "/feedback",
        status_code=201,
        summary="Rate a result and its boxes, or replace it",
        responses=problems(*WAYS_TO_FAIL),
    )
    def rate(body: FeedbackIn, asker: CurrentAsker) -> FeedbackOut:
        return feedback_of(desk.rate(body.form(), asker))

    @router.delete(
        "/feedback/{result_id}",
        summary="Take back all that was said of a result",
        responses=problems(errors.NotSaved),
    )
    def remove(result_id: ResultId, asker: CurrentAsker) -> RemovedOut:
        return RemovedOut(removed=desk.remove(result_id, asker))

    return router
