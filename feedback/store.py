"""Where ratings go, whatever lies behind it."""

from typing import Protocol

from feedback.record import Feedback


class FeedbackStore(Protocol):
    """Keeps one opinion a (session, result)."""

    def record(self, feedback: Feedback) -> Feedback:
        """Store the opinion and return it as stored; a change of an earlier one raises `edit`.

        It cannot be lost once this has returned. Raises NotSaved.
        """
        ...

    def of_session(self, session_id: str) -> list[Feedback]:
        """Return the session's ratings, oldest first."""
        ...

    def of_result(self, session_id: str, result_id: str) -> Feedback | None:
        """Return the session's rating of one result, if there is one."""
        ...

    def remove(self, session_id: str, result_id: str) -> bool:
        """Take the session's rating of one result back; False if there is none.

        No copy of it that is still on its way survives. Raises NotSaved.
        """
        ...

    def forget_session(self, session_id: str) -> int:
        """Take all the session's ratings back; return how many there were. Raises NotSaved."""
        ...
