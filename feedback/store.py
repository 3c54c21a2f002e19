"""Where ratings go, whatever lies behind it."""

from typing import Protocol

from feedback.record import Feedback


class FeedbackStore(Protocol):
    """Keeps one rating a (session, result)."""

    def record(self, feedback: Feedback) -> Feedback:
        """Store the rating and return it as stored; a change of an earlier one raises `edit`.

        It cannot be lost once this has returned. Raises NotSaved.
        """
        ...

    def of_session(self, session_id: str) -> list[Feedback]:
        """Return the session's ratings, oldest first."""
        ...

    def of_result(self, session_id: str, result_id: str) -> Feedback | None:
        """Return the session's rating of one result, if there is one."""
        ...
