"""`/api/sessions/{id}`: what a session said, and forgetting it. `me` is the asker's own."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from accounts.asker import Asker
from api.deps import CurrentAsker
from api.feedback_schemas import FeedbackOut, ForgottenOut, feedback_of, forgotten_of
from api.problems import problems
from detection.errors import NotAllowed, NotSaved
from feedback.desk import FeedbackDesk
from feedback.forgetting import Forgetting

OWN = "me"

SessionId = Annotated[
    str, Path(description="32 hex digits, or `me` for one's own.", pattern="^(me|[0-9a-f]{32})$")
]
ResultId = Annotated[str | None, Query(description="Only what was said of this result.")]


def sessions_router(desk: FeedbackDesk, forgetting: Forgetting) -> APIRouter:
    """Routes about one session: one's own, or any for an admin."""
    router = APIRouter(prefix="/api/sessions", tags=["sessions"])

    @router.get(
        "/{session_id}/feedback",
        summary="What the session said, oldest first",
        responses=problems(NotAllowed),
    )
    def feedback(
        session_id: SessionId, asker: CurrentAsker, result_id: ResultId = None
    ) -> list[FeedbackOut]:
        said = desk.of_session(_named(session_id, asker), asker, result_id=result_id)
        return [feedback_of(one) for one in said]

    @router.delete(
        "/{session_id}",
        summary="Forget all the session left: ratings, results, pictures",
        responses=problems(NotAllowed, NotSaved),
    )
    def forget(session_id: SessionId, asker: CurrentAsker) -> ForgottenOut:
        return forgotten_of(forgetting.forget(_named(session_id, asker), asker))

    return router


def _named(session_id: str, asker: Asker) -> str:
    return asker.session_id if session_id == OWN else session_id
